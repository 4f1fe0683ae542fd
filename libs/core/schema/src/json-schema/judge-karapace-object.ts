import type { Violation } from '../compatibility/violation.ts';
import { isJsonArray, isJsonObject, member, type JsonValue } from '../text/json-text.ts';
import { startsLikePattern } from './pattern-start.ts';
import { contentViolation } from './content-violation.ts';
import { lowerBound, upperBound } from './karapace-bounds.ts';
import {
  dereferenced,
  namesUnder,
  objectOf,
  under,
  type KarapaceJudge,
  type KarapacePlace,
} from './karapace-place.ts';

export function judgeKarapaceObject(
  reader: KarapacePlace,
  writer: KarapacePlace,
  judge: KarapaceJudge,
): readonly Violation[] {
  return [
    ...judgeProperties(reader, writer, judge),
    ...judgeDependencies(reader, writer, judge),
    ...upperBound(reader, writer, 'maxProperties'),
    ...lowerBound(reader, writer, 'minProperties'),
    ...judgeAdditional(reader, writer, judge),
  ];
}

function judgeProperties(
  reader: KarapacePlace,
  writer: KarapacePlace,
  judge: KarapaceJudge,
): readonly Violation[] {
  const ours = new Set(namesUnder(reader, 'properties'));
  const theirs = new Set(namesUnder(writer, 'properties'));
  const removed = [...theirs].filter((name) => !ours.has(name));
  const added = [...ours].filter((name) => !theirs.has(name));
  const violations = [...ours]
    .filter((name) => theirs.has(name))
    .flatMap((name) => common(name, reader, writer, judge));
  if (removed.length > 0 && !isOpen(reader)) {
    violations.push(...removed.flatMap((name) => propertyRemoved(name, reader, writer, judge)));
  } else if (added.length > 0 && isOpen(writer)) {
    const message = `the writer may already send ${added.join(', ')} with any value`;
    const fix = 'Close the model first (additionalProperties: false).';
    violations.push(
      contentViolation([...reader.path, 'properties'], 'property-added-to-open-model', message, fix),
    );
  } else {
    violations.push(...added.flatMap((name) => propertyAdded(name, reader, writer, judge)));
  }
  return violations;
}

function common(
  name: string,
  reader: KarapacePlace,
  writer: KarapacePlace,
  judge: KarapaceJudge,
): readonly Violation[] {
  const ours = dereferenced(under(reader, 'properties', name));
  const theirs = dereferenced(under(writer, 'properties', name));
  const isNewlyRequired =
    isGiven(member(objectOf(ours), 'required')) && !isGiven(member(objectOf(theirs), 'required'));
  const required = contentViolation(
    ours.path,
    'required-added',
    `${name} became stricter`,
    'Leave its properties optional.',
  );
  return [...(isNewlyRequired ? [required] : []), ...judge(ours, theirs)];
}

function propertyRemoved(
  name: string,
  reader: KarapacePlace,
  writer: KarapacePlace,
  judge: KarapaceJudge,
): readonly Violation[] {
  const at = [...reader.path, 'properties'];
  const rest = restFor(reader, name);
  if (rest.value === undefined) {
    const message = `the reader no longer accepts the property ${name}`;
    return [contentViolation(at, 'property-removed-from-closed-model', message, `Keep ${name}.`)];
  }
  if (judge(rest, under(writer, 'properties', name)).length === 0) return [];
  const message = `what may stand beside the properties does not admit what ${name} held`;
  return [contentViolation(at, 'property-removed-not-covered', message, `Keep ${name}.`)];
}

function propertyAdded(
  name: string,
  reader: KarapacePlace,
  writer: KarapacePlace,
  judge: KarapaceJudge,
): readonly Violation[] {
  const at = [...reader.path, 'properties', name];
  const violations: Violation[] = [];
  const rest = restFor(writer, name);
  const isCovered =
    rest.value === undefined ||
    rest.value === false ||
    judge(under(reader, 'properties', name), rest).length === 0;
  if (!isCovered) {
    const message = `${name} differs from what the writer may already send for it`;
    violations.push(
      contentViolation(at, 'property-added-not-covered', message, 'Describe it as it was admitted.'),
    );
  }
  const required = member(objectOf(reader), 'required');
  if (isJsonArray(required) && required.includes(name)) {
    const message = `${name} is required by the reader and never written`;
    violations.push(contentViolation(at, 'required-added', message, `Leave ${name} optional.`));
  }
  return violations;
}

/** The schema a property without one of its own must meet: of the first pattern its name starts like, else the rest. */
function restFor(place: KarapacePlace, name: string): KarapacePlace {
  const pattern = namesUnder(place, 'patternProperties').find((candidate) =>
    startsLikePattern(name, candidate),
  );
  return pattern === undefined
    ? under(place, 'additionalProperties')
    : under(place, 'patternProperties', pattern);
}

const isOpen = (place: KarapacePlace): boolean =>
  namesUnder(place, 'patternProperties').length === 0 &&
  (member(objectOf(place), 'additionalProperties') ?? true) === true;

/** Python's notion of a value that counts as given: not false, not empty. */
function isGiven(value: JsonValue | undefined): boolean {
  if (isJsonArray(value)) return value.length > 0;
  return isJsonObject(value) ? Object.keys(value).length > 0 : Boolean(value);
}

function judgeDependencies(
  reader: KarapacePlace,
  writer: KarapacePlace,
  judge: KarapaceJudge,
): readonly Violation[] {
  const violations: Violation[] = [];
  const report = (name: string, keyword: string) => {
    const message = `the dependency of ${name} is not the same`;
    violations.push(
      contentViolation(
        [...reader.path, keyword, name],
        'dependency-changed',
        message,
        'Keep the dependency as it is.',
      ),
    );
  };
  for (const name of namesUnder(writer, 'dependencies')) {
    const ours = keysOf(under(reader, 'dependencies', name).value);
    const theirs = keysOf(under(writer, 'dependencies', name).value);
    if (ours.length === 0 || theirs.some((key) => !ours.includes(key))) report(name, 'dependencies');
  }
  for (const name of namesUnder(writer, 'dependentSchemas')) {
    violations.push(
      ...judge(under(reader, 'dependentSchemas', name), under(writer, 'dependentSchemas', name)),
    );
  }
  return violations;
}

const keysOf = (value: JsonValue | undefined): readonly string[] =>
  isJsonArray(value) ? value.map(String) : isJsonObject(value) ? Object.keys(value) : [];

function judgeAdditional(
  reader: KarapacePlace,
  writer: KarapacePlace,
  judge: KarapaceJudge,
): readonly Violation[] {
  const [ours, theirs] = [under(reader, 'additionalProperties'), under(writer, 'additionalProperties')];
  if (ours.value !== undefined && theirs.value === undefined) {
    const message = 'additionalProperties is new';
    return [
      contentViolation(
        ours.path,
        'additional-properties-narrowed',
        message,
        'Leave additionalProperties out.',
      ),
    ];
  }
  return isGiven(ours.value) && isGiven(theirs.value) ? judge(ours, theirs) : [];
}
