import { JudgedPairs } from '../compatibility/judged-pairs.ts';
import type { ComparisonBudget, Violation } from '../compatibility/violation.ts';
import type { JsonValue } from '../text/json-text.ts';
import { jsonKey } from '../text/json-equality.ts';
import { isJsonArray, isJsonObject, member } from '../text/json-text.ts';
import { contentViolation, judgeExact } from './content-violation.ts';
import type { JsonSchemaDocument } from './json-schema-document.ts';
import { judgeKarapaceList } from './judge-karapace-list.ts';
import { judgeKarapaceObject } from './judge-karapace-object.ts';
import { judgeKarapaceParts } from './judge-karapace-parts.ts';
import { lowerBound, typeChanged, upperBound } from './karapace-bounds.ts';
import {
  dereferenced,
  kindOf,
  objectOf,
  under,
  type KarapaceJudge,
  type KarapacePlace,
} from './karapace-place.ts';

/**
 * Answers as Karapace's check of JSON Schema does (Apache-2.0, `compatibility/jsonschema`), which knows draft 7 and reads a
 * schema without a type, and `true`, as an object. What it overlooks is listed in docs/specs/compatibility.md#karapace.
 */
export function judgeAsKarapace(
  reader: JsonSchemaDocument,
  writer: JsonSchemaDocument,
  budget: ComparisonBudget,
): readonly Violation[] {
  const judge = createKarapaceJudge(budget);
  return judge(
    { value: reader.root, document: reader, path: [] },
    { value: writer.root, document: writer, path: [] },
  );
}

function createKarapaceJudge(budget: ComparisonBudget): KarapaceJudge {
  const pairs = new JudgedPairs<JsonValue>();
  const judge: KarapaceJudge = (readerPlace, writerPlace) => {
    const reader = dereferenced(readerPlace);
    const writer = dereferenced(writerPlace);
    const compareThem = () => budget.within(() => compare(reader, writer, judge));
    if (!isJsonObject(reader.value) || !isJsonObject(writer.value)) return compareThem();
    return pairs.judge(reader.value, writer.value, compareThem);
  };
  return judge;
}

const combinations = ['allOf', 'anyOf', 'oneOf'];
const numbers = ['number', 'integer'];

function compare(reader: KarapacePlace, writer: KarapacePlace, judge: KarapaceJudge): readonly Violation[] {
  if (reader.value !== undefined && writer.value === undefined) {
    return [
      contentViolation(
        reader.path,
        'schema-added',
        'values that were not bound are bound now',
        'Remove the schema.',
      ),
    ];
  }
  if (reader.value === undefined && writer.value !== undefined) {
    return [contentViolation(reader.path, 'schema-removed', 'the schema is gone', 'Keep the schema.')];
  }
  const [ours, theirs] = [kindOf(reader), kindOf(writer)];
  if (numbers.includes(ours) && numbers.includes(theirs)) return judgeNumbers(reader, writer);
  if (combinations.includes(ours) || combinations.includes(theirs))
    return judgeKarapaceParts(reader, writer, judge);
  if (isObject(reader, ours) && isObject(writer, theirs)) {
    return judgeKarapaceObject(asObject(reader), asObject(writer), judge);
  }
  if (ours !== theirs) return [typeChanged(reader, ours, theirs)];
  if (ours === 'not') return judge(under(reader, 'not'), under(writer, 'not'));
  if (ours === 'string') return judgeStrings(reader, writer);
  if (ours === 'array') return judgeKarapaceList(reader, writer, judge);
  if (ours === 'enum') return judgeEnums(reader, writer);
  return [];
}

const isObject = ({ value }: KarapacePlace, kind: string): boolean => kind === 'object' || value === true;

const asObject = (place: KarapacePlace): KarapacePlace =>
  place.value === true ? { ...place, value: { type: 'object' } } : place;

function judgeNumbers(reader: KarapacePlace, writer: KarapacePlace): readonly Violation[] {
  const isNarrowed = kindOf(reader) === 'integer' && kindOf(writer) === 'number';
  const message = 'the reader expects integers, the writer may send other numbers';
  return [
    ...upperBound(reader, writer, 'maximum'),
    ...lowerBound(reader, writer, 'minimum'),
    ...upperBound(reader, writer, 'exclusiveMaximum'),
    ...lowerBound(reader, writer, 'exclusiveMinimum'),
    ...(isNarrowed
      ? [contentViolation([...reader.path, 'type'], 'type-narrowed', message, 'Keep "number".')]
      : []),
  ];
}

function judgeStrings(reader: KarapacePlace, writer: KarapacePlace): readonly Violation[] {
  const pattern = (place: KarapacePlace) => {
    const value = member(objectOf(place), 'pattern');
    return typeof value === 'string' ? value : undefined;
  };
  const change = { path: reader.path, keyword: 'pattern', reader: pattern(reader), writer: pattern(writer) };
  return [
    ...upperBound(reader, writer, 'maxLength'),
    ...lowerBound(reader, writer, 'minLength'),
    ...judgeExact(change),
  ];
}

function judgeEnums(reader: KarapacePlace, writer: KarapacePlace): readonly Violation[] {
  const valuesOf = (place: KarapacePlace) => {
    const values = member(objectOf(place), 'enum');
    return new Set(isJsonArray(values) ? values.map(jsonKey) : []);
  };
  const ours = valuesOf(reader);
  const missing = [...valuesOf(writer)].filter((value) => !ours.has(value));
  if (missing.length === 0) return [];
  const message = `the reader does not accept ${missing.slice(0, 5).join(', ')}`;
  return [
    contentViolation([...reader.path, 'enum'], 'enum-value-removed', message, 'Keep the values in enum.'),
  ];
}
