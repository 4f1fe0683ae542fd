import type { Violation } from '../compatibility/violation.ts';
import { referred, type ContentNode, type ObjectContent } from './content-model.ts';
import { contentViolation, judgeLowerBound, judgeUpperBound } from './content-violation.ts';
import type { ContentJudge } from './content-judge.ts';
import { judgeRest } from './judge-rest-content.ts';
import { bindsNothing } from './pattern-binding.ts';

export function judgeObject(
  reader: ObjectContent,
  writer: ObjectContent,
  judge: ContentJudge,
): readonly Violation[] {
  const { path } = reader;
  return [
    ...requiredAdded(reader, writer),
    ...judgeNames(reader, writer, judge),
    ...judgeLowerBound({
      path,
      keyword: 'minProperties',
      reader: reader.minProperties,
      writer: writer.minProperties,
    }),
    ...judgeUpperBound({
      path,
      keyword: 'maxProperties',
      reader: reader.maxProperties,
      writer: writer.maxProperties,
    }),
    ...judgeDependencies(reader, writer, judge),
    ...judgeRest(reader, writer, 'additionalProperties', judge),
    ...judgePatterns(reader, writer, judge),
    ...judgeProperties(reader, writer, judge),
  ];
}

function requiredAdded(reader: ObjectContent, writer: ObjectContent): readonly Violation[] {
  const known = new Set(writer.required);
  return reader.required
    .filter((name) => !known.has(name))
    .map((name) =>
      contentViolation(
        [...reader.path, 'required'],
        'required-added',
        `the property ${name} is required by the reader and not by the writer`,
        `Leave ${name} optional for readers.`,
      ),
    );
}

function judgeNames(reader: ObjectContent, writer: ObjectContent, judge: ContentJudge): readonly Violation[] {
  if (reader.propertyNames === undefined || admitsEveryName(reader.propertyNames)) return [];
  if (writer.propertyNames !== undefined) return judge(reader.propertyNames, writer.propertyNames);
  const message = 'the names of properties are bound by a new rule';
  return [
    contentViolation(
      [...reader.path, 'propertyNames'],
      'property-names-added',
      message,
      'Remove propertyNames.',
    ),
  ];
}

/** Names are texts: a schema that only has a pattern which binds nothing admits all of them. */
function admitsEveryName(names: ContentNode): boolean {
  const schema = referred(names);
  if (schema.kind !== 'string') return schema.kind === 'any';
  const { kind: _kind, path: _path, pattern, ...others } = schema;
  return Object.keys(others).length === 0 && (pattern === undefined || bindsNothing(pattern));
}

function judgeDependencies(
  reader: ObjectContent,
  writer: ObjectContent,
  judge: ContentJudge,
): readonly Violation[] {
  const at = [...reader.path, 'dependencies'];
  const violations: Violation[] = [];
  for (const [name, wanted] of reader.requiredWith) {
    const before = writer.requiredWith.get(name);
    const added = wanted.filter((other) => before?.includes(other) !== true);
    if (added.length === 0 && before !== undefined) continue;
    const message = `where ${name} is given, ${added.join(', ') || 'a rule'} is required as well`;
    violations.push(contentViolation([...at, name], 'dependency-added', message, 'Remove the dependency.'));
  }
  for (const [name, ours] of reader.schemaWith) {
    const theirs = writer.schemaWith.get(name);
    if (theirs !== undefined) violations.push(...judge(ours, theirs));
    else {
      const message = `where ${name} is given, the object must meet one more schema`;
      violations.push(contentViolation([...at, name], 'dependency-added', message, 'Remove the dependency.'));
    }
  }
  return violations;
}

function judgePatterns(
  reader: ObjectContent,
  writer: ObjectContent,
  judge: ContentJudge,
): readonly Violation[] {
  return [...reader.patterns].flatMap(([pattern, ours]) => {
    const theirs = writer.patterns.get(pattern);
    if (theirs !== undefined) return judge(ours, theirs);
    if (referred(ours).kind === 'any' && !losesDescription(reader, writer)) return [];
    const at = [...reader.path, 'patternProperties', pattern];
    const message = 'properties whose name meets a pattern are bound by a new rule';
    return [contentViolation(at, 'pattern-property-added', message, 'Remove the pattern property.')];
  });
}

/** Whether a property that was described is left to patterns. */
const losesDescription = (reader: ObjectContent, writer: ObjectContent): boolean =>
  [...writer.properties].some(
    ([name, theirs]) => !reader.properties.has(name) && referred(theirs).kind !== 'any',
  );

function judgeProperties(
  reader: ObjectContent,
  writer: ObjectContent,
  judge: ContentJudge,
): readonly Violation[] {
  const violations: Violation[] = [];
  for (const [name, ours] of reader.properties) {
    const theirs = writer.properties.get(name);
    if (theirs !== undefined) violations.push(...judge(ours, theirs));
    else violations.push(...propertyAdded(name, ours, { reader, writer, judge }));
  }
  for (const [name, theirs] of writer.properties) {
    if (!reader.properties.has(name)) violations.push(...propertyRemoved(name, theirs, { reader, judge }));
  }
  return violations;
}

function propertyAdded(
  name: string,
  ours: ContentNode,
  {
    reader,
    writer,
    judge,
  }: { readonly reader: ObjectContent; readonly writer: ObjectContent; readonly judge: ContentJudge },
): readonly Violation[] {
  if (writer.rest === 'closed') return [];
  const at = [...reader.path, 'properties', name];
  if (writer.rest === 'open') {
    return [
      contentViolation(
        at,
        'property-added-to-open-model',
        `the writer may already send ${name} with any value, the reader now binds it`,
        `Close the model first (additionalProperties: false), or leave ${name} undescribed.`,
      ),
    ];
  }
  if (
    reader.rest !== 'closed' &&
    judge(writer.rest, ours).length === 0 &&
    judge(ours, writer.rest).length === 0
  )
    return [];
  return [
    contentViolation(
      at,
      'property-added-not-covered',
      `${name} differs from what additionalProperties admitted for it`,
      `Describe ${name} as additionalProperties did.`,
    ),
  ];
}

function propertyRemoved(
  name: string,
  theirs: ContentNode,
  { reader, judge }: { readonly reader: ObjectContent; readonly judge: ContentJudge },
): readonly Violation[] {
  if (reader.rest === 'open') return [];
  const at = [...reader.path, 'properties'];
  if (reader.rest === 'closed') {
    const message = `the reader no longer accepts the property ${name}`;
    const fix = `Keep ${name}, or open the model (additionalProperties).`;
    return [contentViolation(at, 'property-removed-from-closed-model', message, fix)];
  }
  if (judge(reader.rest, theirs).length === 0) return [];
  const message = `additionalProperties does not admit what ${name} held`;
  return [contentViolation(at, 'property-removed-not-covered', message, `Keep ${name}.`)];
}
