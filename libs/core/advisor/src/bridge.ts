import {
  diffContracts,
  nextVersion,
  parseContract,
  writeContract,
  type ContractEdit,
  type DataContract,
  type DocumentPath,
  type OdcsProperty,
} from '@headwater/core-contract';
import type { ContractEffect, ContractSides } from './contract-effect.ts';
import type { ContractField } from './contract-fields.ts';
import { findRenames } from './renames.ts';

/** Another way to the same end that breaks nobody: both shapes side by side until the last reader has moved. */
export interface Bridge {
  /** The contract to publish instead. */
  readonly text: string;
  readonly contractVersion: string;
  /** The whole way, in order, one sentence each. */
  readonly steps: readonly string[];
}

export interface BridgeInput extends ContractSides {
  readonly effects: readonly ContractEffect[];
  /** Place of the object in the proposed contract. */
  readonly at: DocumentPath;
}

/** The proposal turned into one that adds only; undefined when there is none, or none is needed. */
export function buildBridge(
  before: DataContract,
  proposal: DataContract,
  input: BridgeInput,
): Bridge | undefined {
  const draft = draftBridge(input);
  if (draft.edits.length === 0) return undefined;
  const contractVersion = nextVersion(before.odcs.version, 'compatible');
  const text = writeContract(proposal, [...draft.edits, { path: ['version'], value: contractVersion }]);
  const parsed = parseContract(text);
  if (!parsed.ok || diffContracts(before.odcs, parsed.value.odcs).classification === 'breaking')
    return undefined;
  const later = draft.later.length === 0 ? [] : [laterStep(draft.later, before.odcs.version)];
  return { text, contractVersion, steps: [...draft.steps, ...later] };
}

const laterStep = (names: readonly string[], version: string): string =>
  `Once nobody reads ${names.join(', ')} any more, remove it in version ${nextVersion(version, 'breaking')} or later.`;

interface Draft {
  readonly edits: readonly ContractEdit[];
  readonly steps: readonly string[];
  /** Properties to remove in the end. */
  readonly later: readonly string[];
}

const nothing: Draft = { edits: [], steps: [], later: [] };

function draftBridge(input: BridgeInput): Draft {
  const breaking = input.effects.filter(({ readers, writers }) => readers === 'break' || writers === 'break');
  const removed = breaking.flatMap(({ rule, field }) =>
    rule === 'property-removed' ? (input.before.get(field ?? '') ?? []) : [],
  );
  const added = [...input.after.values()].filter(({ path }) => !input.before.has(path));
  const renames = findRenames(removed, added);
  const places = placesOf(input);
  const drafts = [
    ...removed.map((field) => keepRemoved(field, renames.get(field.path), places)),
    ...widened(breaking, input, places),
    ...breaking.map((effect) => loosened(effect, input)),
  ];
  return {
    edits: drafts.flatMap(({ edits }) => edits),
    steps: [...new Set(drafts.flatMap(({ steps }) => steps))],
    later: drafts.flatMap(({ later }) => later),
  };
}

/** The next free place at the end of the properties of a parent. */
type Places = (parent: string) => DocumentPath | undefined;

function placesOf({ after, at }: BridgeInput): Places {
  const taken = new Map<string, number>();
  return (parent) => {
    const owner = parent === '' ? at : after.get(parent)?.at;
    if (owner === undefined) return undefined;
    const there = [...after.values()].filter((field) => field.parent === parent).length;
    const index = taken.get(parent) ?? there;
    taken.set(parent, index + 1);
    return [...owner, 'properties', index];
  };
}

/** A property that was taken away stays as it was; the one in its place is added beside it, optional. */
function keepRemoved(field: ContractField, successor: ContractField | undefined, places: Places): Draft {
  const place = places(field.parent);
  if (place === undefined) return nothing;
  const name = field.path;
  const kept = { path: place, value: replaced(field.property, successor?.property.name) };
  if (successor === undefined) {
    const step = `Keep ${name}; tell its readers that it will go.`;
    return { edits: [kept], steps: [step], later: [name] };
  }
  return {
    edits: [...asAddition(successor), kept],
    steps: [
      `Keep ${name} as it is, marked as replaced by ${successor.path}.`,
      `Add ${successor.path} beside it as an optional property.`,
      `Producers send both.`,
      `Readers of ${name} move to ${successor.path}.`,
    ],
    later: [name],
  };
}

const ROLES = [
  'required',
  'unique',
  'primaryKey',
  'primaryKeyPosition',
  'partitioned',
  'partitionKeyPosition',
];

/** A new property must be one that may be absent, and takes no role another property has. */
const asAddition = ({ at, property }: ContractField): readonly ContractEdit[] =>
  [...ROLES, 'customProperties']
    .filter((key) => Object.hasOwn(property, key))
    .map((key) => ({ path: [...at, key], value: undefined }));

const replaced = (property: OdcsProperty, successor: string | undefined): OdcsProperty =>
  successor === undefined
    ? property
    : {
        ...property,
        customProperties: [
          ...(property.customProperties ?? []).filter((one) => one.property !== 'headwater:replacedBy'),
          { property: 'headwater:replacedBy', value: successor },
        ],
      };

/** A property that gets another type keeps its own; the new type comes under a new name. */
function widened(effects: readonly ContractEffect[], input: BridgeInput, places: Places): readonly Draft[] {
  const paths = effects.flatMap(({ order, field, port }) =>
    order === 'none' && port === undefined && field !== undefined ? [field] : [],
  );
  return [...new Set(paths)].map((path) => {
    const [was, is] = [input.before.get(path), input.after.get(path)];
    const place = is === undefined || is.property.name === undefined ? undefined : places(is.parent);
    if (was === undefined || is === undefined || place === undefined) return nothing;
    const name = freeName(is, input.after);
    const { customProperties: _customs, physicalName: _column, ...shape } = is.property;
    const added = Object.fromEntries(
      Object.entries({ ...shape, name }).filter(([key]) => !ROLES.includes(key)),
    );
    return {
      edits: [
        { path: is.at, value: replaced(was.property, name) },
        { path: place, value: added },
      ],
      steps: [
        `Keep ${path} with the type it has, marked as replaced by ${name}.`,
        `Add ${name} with the new type beside it as an optional property.`,
        `Producers send both.`,
        `Readers of ${path} move to ${name}.`,
      ],
      later: [path],
    };
  });
}

function freeName({ property, parent }: ContractField, taken: ReadonlyMap<string, ContractField>): string {
  const prefix = parent === '' ? '' : `${parent}.`;
  for (let number = 2; ; number += 1) {
    const name = `${property.name}_v${number}`;
    if (!taken.has(`${prefix}${name}`)) return name;
  }
}

/** What producers would stumble over comes later: a new property is optional first, a limit stays as it was. */
function loosened({ field, rule }: ContractEffect, { before, after }: BridgeInput): Draft {
  const is = field === undefined ? undefined : after.get(field);
  if (is === undefined) return nothing;
  if (rule === 'property-added') {
    return {
      edits: asAddition(is).filter(({ path }) => path.at(-1) === 'required'),
      steps: [`Add ${field} as an optional property; require it once every producer sends it.`],
      later: [],
    };
  }
  const was = before.get(is.path)?.property;
  if (was === undefined) return nothing;
  if (rule === 'required-changed') {
    return {
      edits: [{ path: [...is.at, 'required'], value: was.required }],
      steps: [
        was.required === true
          ? `Leave ${field} required; its readers must learn first that it may be absent.`
          : `Leave ${field} optional until every producer sends it.`,
      ],
      later: [],
    };
  }
  if (/^(minimum|maximum|exclusive-|min-|max-|multiple-of|pattern)/.test(rule)) {
    return {
      edits: [{ path: [...is.at, 'logicalTypeOptions'], value: was.logicalTypeOptions }],
      steps: [`Leave the limits of ${field} as they are until every producer keeps the new ones.`],
      later: [],
    };
  }
  return nothing;
}
