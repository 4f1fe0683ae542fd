import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, openShell, readJson, type Shell } from './headwater-process.ts';

/** The walk of README.md#your-own-data, step by step, with processes that really run. */
const product = 'garden/readings';

const readings = Array.from({ length: 50 }, (_unused, index) => ({
  reading_id: `r-${String(index).padStart(4, '0')}`,
  taken_at: new Date(Date.UTC(2026, 0, 1, 12, 0, index)).toISOString(),
  sensor: `greenhouse-${1 + (index % 4)}`,
  celsius: 18 + (index % 9) / 4,
  battery_percent: 100 - index,
}));
const brokenReading = { ...readings[0], reading_id: 'r-broken', taken_at: 'yesterday' };

let shell: Shell;
let up: ReturnType<Shell['start']>;

beforeAll(async () => {
  shell = openShell();
  up = shell.start(['up', '--no-demo']);
  await eventually(
    'the control plane is announced',
    () => {
      if (up.child.exitCode !== null) throw new Error(`headwater up ended\n${up.stderr()}`);
      if (!existsSync(path.join(shell.home, 'stack.json'))) return undefined;
      return stackFile().addresses['control-plane'];
    },
    110,
  );
});

afterAll(async () => {
  up.child.kill('SIGTERM');
  await up.ended;
  shell.remove();
});

interface StackFile {
  readonly addresses: Readonly<Record<string, string>>;
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
}

const stackFile = () => readJson(path.join(shell.home, 'stack.json')) as StackFile;

interface Status {
  readonly lagRecords: string | null;
  readonly table: { readonly url: string };
  readonly ledger: { readonly landed: string; readonly quarantined: string; readonly isBalanced: boolean };
}

test(
  'a first-time user gets from JSON lines of their own to governed rows, and back',
  { timeout: 300_000 },
  async () => {
    const file = (name: string) => path.join(shell.folder, name);
    writeFileSync(file('readings.jsonl'), readings.map((reading) => `${JSON.stringify(reading)}\n`).join(''));

    const inferred = await shell.run([
      ...['contract', 'infer', file('readings.jsonl')],
      ...['--domain', 'garden', '--name', 'readings', '--owner', 'gardeners'],
    ]);
    expect(inferred).toMatchObject({ code: 0 });
    writeFileSync(file('readings.odcs.yaml'), inferred.stdout);
    expect(await shell.run(['contract', 'lint', file('readings.odcs.yaml')])).toMatchObject({ code: 0 });

    writeFileSync(
      file('readings.yaml'),
      [
        'apiVersion: headwater.dev/v1',
        'kind: DataProduct',
        'metadata: { domain: garden, name: readings }',
        'spec:',
        '  owner: gardeners',
        '  contractFile: readings.odcs.yaml',
        '  retention: { period: P28D }',
        '',
      ].join('\n'),
    );
    expect(await shell.run(['diff', '-f', file('readings.yaml')])).toMatchObject({ code: 3 });
    expect(await shell.run(['apply', '-f', file('readings.yaml')])).toMatchObject({ code: 0 });
    expect(await shell.run(['diff', '-f', file('readings.yaml')])).toMatchObject({ code: 0 });

    expect(
      await shell.json(['produce', product, '-f', file('readings.jsonl'), '--key', 'sensor', '-o', 'json']),
    ).toMatchObject({ records: 50 });
    const broken = await shell.run(['produce', product], JSON.stringify(brokenReading));
    expect(broken).toMatchObject({ code: 0 });

    const status = await eventually(
      'every record is accounted for',
      async () => {
        const [found] = (await shell.json(['status', product, '-o', 'json'])) as [Status];
        return BigInt(found.ledger.landed) + BigInt(found.ledger.quarantined) >= 51n ? found : undefined;
      },
      60,
    );
    expect(status.ledger).toMatchObject({ landed: '50', quarantined: '1', isBalanced: true });

    const rows = await shell.run(['table', 'rows', status.table.url, '-o', 'jsonl']);
    const landed = rows.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .toSorted((a, b) => (String(a['reading_id']) < String(b['reading_id']) ? -1 : 1));
    expect(
      landed.map(({ reading_id, sensor, battery_percent }) => ({ reading_id, sensor, battery_percent })),
    ).toEqual(
      readings.map(({ reading_id, sensor, battery_percent }) => ({ reading_id, sensor, battery_percent })),
    );
    expect(landed[0]).toMatchObject({ taken_at: '2026-01-01T12:00:00.000000Z', _topic: 'garden.readings' });

    const [record] = (await shell.json(['quarantine', 'show', product, '-o', 'json'])) as [
      Record<string, unknown>,
    ];
    expect(record).toMatchObject({ topic: 'garden.readings', path: 'taken_at', isMasked: true });
    expect(record['reason']).toBeTruthy();
    expect(String(record['value'])).not.toContain('yesterday');

    const retired = await shell.run([
      ...['retire', product, '--reason', 'end of the walk', '--tables', 'delete', '--confirm', product],
    ]);
    expect(retired).toMatchObject({ code: 0 });
    const after = await shell.run(['produce', product], JSON.stringify(readings[0]));
    expect(after.code).not.toBe(0);
  },
);

test('what is wrong is said with its fix, and nothing is half applied', { timeout: 300_000 }, async () => {
  const manifest = path.join(shell.folder, 'broken.yaml');
  writeFileSync(
    manifest,
    'apiVersion: headwater.dev/v1\nkind: Domain\nmetadata: { name: half }\n---\napiVersion: headwater.dev/v1\nkind: DataProduct\nmetadata: { domain: half, name: Bad_Name }\nspec: { contractFile: missing.yaml }\n',
  );
  const applied = await shell.run(['apply', '-f', manifest]);
  expect(applied.code).toBe(1);
  expect(applied.stdout).toBe('');
  expect(applied.stderr).toMatch(/broken\.yaml:7:33 metadata\.name must be kebab case/);
  expect(await shell.json(['get', 'domains', '-o', 'json'])).not.toContainEqual(
    expect.objectContaining({ name: 'half' }),
  );

  const contract = path.join(shell.folder, 'invalid.odcs.yaml');
  writeFileSync(
    contract,
    'apiVersion: v3.1.0\nkind: DataContract\nid: x\nname: half\nversion: 1.0.0\nstatus: active\nschemas: []\n',
  );
  writeFileSync(
    manifest,
    'apiVersion: headwater.dev/v1\nkind: DataProduct\nmetadata: { domain: half, name: half }\nspec:\n  owner: nobody\n  contractFile: invalid.odcs.yaml\n',
  );
  const refused = await shell.run(['apply', '-f', manifest]);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(/schemas/);
  expect(refused.stderr).toMatch(/Fix: /);
  const linted = await shell.run(['contract', 'lint', contract]);
  expect(linted.code).toBe(1);
  expect(linted.stdout).toMatch(/invalid\.odcs\.yaml:7:1 error/);
  expect(await shell.json(['get', 'products', '-o', 'json'])).not.toContainEqual(
    expect.objectContaining({ qualifiedName: 'half/half' }),
  );

  const unknown = await shell.run(['status', 'no/such-product', '-o', 'json']);
  expect(unknown).toMatchObject({ code: 1, stdout: '' });
  expect(unknown.stderr).toMatch(/There is no data product no\/such-product/);
  expect(unknown.stderr).toMatch(/Fix: /);
});

test(
  'applying domains, teams and applications again changes nothing, and a change that is not possible is refused',
  { timeout: 300_000 },
  async () => {
    const manifest = path.join(shell.folder, 'owners.yaml');
    const write = (contact: string) =>
      writeFileSync(
        manifest,
        [
          'apiVersion: headwater.dev/v1\nkind: Application\nmetadata: { name: till }\nspec: { team: cashiers }\n',
          `apiVersion: headwater.dev/v1\nkind: Team\nmetadata: { name: cashiers }\nspec: { domain: shop, contact: "${contact}" }\n`,
          'apiVersion: headwater.dev/v1\nkind: Domain\nmetadata: { name: shop }\nspec: { title: Shop }\n',
        ].join('---\n'),
      );
    const outcomes = ({ stdout }: { stdout: string }) =>
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => {
          const { kind, outcome } = JSON.parse(line) as { kind: string; outcome: string };
          return `${kind} ${outcome}`;
        });
    write('#cashiers');
    const first = await shell.run(['apply', '-f', manifest, '-o', 'jsonl']);
    expect(outcomes(first)).toEqual(['Domain created', 'Team created', 'Application created']);
    const second = await shell.run(['apply', '-f', manifest, '-o', 'jsonl']);
    expect(outcomes(second)).toEqual(['Domain unchanged', 'Team unchanged', 'Application unchanged']);
    expect(await shell.run(['diff', '-f', manifest])).toMatchObject({ code: 0 });
    write('#other');
    const changed = await shell.run(['apply', '-f', manifest]);
    expect(changed.code).toBe(1);
    expect(changed.stderr).toMatch(
      /HW_MANIFEST_CHANGE_UNSUPPORTED: Team cashiers exists with another spec\.contact/,
    );
  },
);

test('an orderly stop exits with 0 and leaves no process', { timeout: 300_000 }, async () => {
  const { processes } = stackFile();
  expect(processes.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['kafka', 'control-plane', 'staging-worker']),
  );
  up.child.kill('SIGTERM');
  expect((await up.ended).code).toBe(0);
  for (const { pid } of processes) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(stackFile().processes).toEqual([]);
});
