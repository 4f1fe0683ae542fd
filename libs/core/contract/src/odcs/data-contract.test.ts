import { describe, expect, test } from 'vitest';
import { parseContract, teamOf, writeContract } from './data-contract.ts';

const HEAD = `apiVersion: v3.1.0
kind: DataContract
id: ads.ad-events
version: 1.0.0
status: active
`;

/** Rule and position of the first problem, in the form rule@line:column. */
function firstProblem(text: string): string {
  const contract = parseContract(text);
  if (contract.ok) return 'none';
  const [problem] = contract.error;
  return `${problem?.rule}@${problem?.line}:${problem?.column}`;
}

describe('[C10] every problem of a contract has its position and fix', () => {
  test.each([
    ['tabs for indentation', 'a:\n\tb: 1', 'yaml@2:1'],
    ['a key twice', `${HEAD}status: draft\n`, 'yaml@6:1'],
    ['an open bracket', 'schema: [', 'yaml@1:10'],
    ['two documents', `${HEAD}---\n${HEAD}`, 'yaml@6:1'],
    ['nothing', '', 'wrong-type@1:1'],
    ['a list', '- a', 'wrong-type@1:1'],
    ['a missing key', HEAD.replace('status: active\n', ''), 'missing-key@1:1'],
    ['a number for a version', HEAD.replace('1.0.0', '1.0'), 'wrong-type@4:10'],
    ['an older standard', HEAD.replace('v3.1.0', 'v2.2.2'), 'unknown-value@1:13'],
    ['an unknown key', `${HEAD}ower: x\n`, 'unknown-key@6:1'],
    ['an unknown server', `${HEAD}servers:\n  - server: a\n    type: kafkaa\n`, 'unknown-value@8:11'],
    ['a server without its host', `${HEAD}servers:\n  - server: a\n    type: kafka\n`, 'missing-key@7:5'],
    [
      'an option of another type',
      `${HEAD}schema:\n  - name: a\n    properties:\n      - name: b\n        logicalType: integer\n        logicalTypeOptions:\n          minLength: 1\n`,
      'unknown-key@12:11',
    ],
    [
      'an unknown property of ours',
      `${HEAD}customProperties:\n  - property: headwater:topik\n    value: a\n`,
      'custom-property@7:5',
    ],
    [
      'a misplaced property of ours',
      `${HEAD}customProperties:\n  - property: headwater:eventTime\n    value: true\n`,
      'custom-property@7:5',
    ],
    ['nesting without end', `x: ${'['.repeat(100_000)}`, 'yaml@1:'],
    ['aliases that explode', bomb(), 'yaml@1:1'],
    ['an alias of itself', `${HEAD}customProperties:\n  - property: a\n    value: &a [*a]\n`, 'yaml@1:1'],
    ['50 million characters', `x: ${'a'.repeat(50_000_000)}`, 'yaml@1:1'],
  ])('%s', (_case, text, expected) => {
    expect(firstProblem(text)).toContain(expected);
  });

  test('a mistyped word is answered with the one that was meant', () => {
    const contract = parseContract(`${HEAD}schemas: []\n`);
    expect(contract.ok ? [] : contract.error).toMatchObject([
      { rule: 'unknown-key', path: 'schemas', fix: expect.stringContaining('Write schema ') },
    ]);
    const type = parseContract(
      `${HEAD}schema:\n  - name: a\n    properties: [{ name: b, logicalType: strng }]\n`,
    );
    expect(type.ok ? [] : type.error).toMatchObject([
      { fix: 'Write string.', path: 'schema[0].properties[0].logicalType' },
    ]);
  });
});

describe('[C11] a contract is written back without loss', () => {
  const text = `# who
${HEAD}team: # owners
  name: ads
schema:
  - name: events
    properties:
      - name: a # first
        logicalType: string
customProperties:
  - property: somebody-else:thing
    value: {deep: [1, 2.50, 1e3, 9223372036854775807, 0.10000000000000000001]}
`;

  test('comments, order and foreign custom properties stay', () => {
    const contract = parseContract(text);
    if (!contract.ok) throw new Error(contract.error[0]?.message);
    expect(writeContract(contract.value)).toBe(text);
  });

  test('an edit changes its place only', () => {
    const contract = parseContract(text);
    if (!contract.ok) throw new Error(contract.error[0]?.message);
    const edited = writeContract(contract.value, [
      { path: ['version'], value: '1.1.0' },
      { path: ['domain'], value: 'ads' },
      { path: ['schema', 0, 'properties', 0, 'required'], value: true },
      { path: ['team'], value: undefined },
    ]);
    const again = parseContract(edited);
    if (!again.ok) throw new Error(again.error[0]?.message);
    expect(again.value.odcs).toMatchObject({ version: '1.1.0', domain: 'ads' });
    expect(teamOf(again.value.odcs)).toEqual({ name: undefined, members: [] });
    expect(edited).toContain('- name: a # first\n        logicalType: string\n        required: true\n');
    expect(edited).toContain('value: {deep: [1, 2.50, 1e3, 9223372036854775807, 0.10000000000000000001]}');
  });

  test('team is read from the object and from the older list', () => {
    const older = parseContract(`${HEAD}team:\n  - username: kim\n    role: owner\n`);
    expect(older.ok && teamOf(older.value.odcs).members).toEqual([{ username: 'kim', role: 'owner' }]);
  });
});

function bomb(): string {
  const levels = Array.from(
    { length: 9 },
    (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`,
  );
  return ['l0: &l0 [x]', ...levels].join('\n');
}
