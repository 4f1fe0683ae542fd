import type { KernelColumn, KernelProgram, KernelType } from './kernel-program.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { CHUNK_ROWS, DICTIONARY_ENTRIES, DICTIONARY_SLOTS, DOMAIN, DOMAIN_BYTES } from './layout.ts';
import { KINDS, MEMBERS, MEMBERS_BYTES, NODE, NODE_BYTES } from './layout.ts';
import { hashBytes } from './hash-bytes.ts';
import { writeRules } from './rule-tables.ts';

/** A column, or a part of one, in the kernel's memory. */
export interface KernelNode {
  readonly column: KernelColumn;
  /** Address of the node. */
  readonly at: number;
  /** Index in depth-first order. */
  readonly index: number;
  /** Index of its domain: 0 for the root, i for the i-th inner domain. */
  readonly domain: number;
  readonly data: number;
  readonly validity: number;
  readonly heap: number;
  /** Bytes of one value; 0 for a struct. */
  readonly width: 0 | 1 | 2 | 4 | 8 | 16;
  readonly hasHeap: boolean;
  readonly hasDictionary: boolean;
  /** Members of a struct, the element of an array, key and value of a map. */
  readonly children: readonly KernelNode[];
}

export interface ProgramTables {
  readonly columns: readonly KernelNode[];
  /** Every node, depth first. */
  readonly nodes: readonly KernelNode[];
  /** Addresses of the domains; the inner ones lie side by side. */
  readonly root: number;
  readonly innerDomains: number;
  readonly innerDomainCount: number;
  readonly members: number;
}

/** Rows of the entries of one array or map column in a chunk. */
const ENTRY_ROOM = 4 * CHUNK_ROWS;
const HEAPS_BYTES = 16 << 20;
const HEAP_MAX = 1 << 20;
const HEAP_MIN = 64 << 10;
const NODES_MAX = 10_000;

interface Build {
  readonly memory: KernelMemory;
  readonly nodes: KernelNode[];
  readonly domains: { readonly at: number; readonly room: number; readonly nodes: number[] }[];
  readonly heapRoom: number;
}

/** Writes the tables of the program into the memory. */
export function writeProgram(memory: KernelMemory, program: KernelProgram): ProgramTables {
  const domainCount = 1 + countWhere(program.columns, ({ kind }) => kind === 'array' || kind === 'map');
  const texts = countWhere(program.columns, (type) => holdsText(type.kind));
  const first = memory.take(domainCount * DOMAIN_BYTES);
  const build: Build = {
    memory,
    nodes: [],
    domains: [],
    heapRoom: Math.max(HEAP_MIN, Math.min(HEAP_MAX, Math.floor(HEAPS_BYTES / Math.max(1, texts)))),
  };
  addDomain(build, first, CHUNK_ROWS);
  const columns = writeNodes(build, program.columns, 0, true);
  const members = writeMembers(build, program.columns, columns);
  for (const { at, nodes } of build.domains) {
    const list = memory.take(4 * nodes.length);
    nodes.forEach((node, index) => memory.view.setUint32(list + 4 * index, node, true));
    memory.view.setUint32(at + DOMAIN.NODES, list, true);
    memory.view.setUint32(at + DOMAIN.NODE_COUNT, nodes.length, true);
  }
  return {
    columns,
    nodes: build.nodes.toSorted((a, b) => a.index - b.index),
    root: first,
    innerDomains: first + DOMAIN_BYTES,
    innerDomainCount: build.domains.length - 1,
    members,
  };
}

const holdsText = (kind: KernelType['kind']): boolean =>
  kind === 'text' || kind === 'json' || kind === 'binary' || kind === 'map';

function countWhere(columns: readonly KernelColumn[], isCounted: (type: KernelType) => boolean): number {
  return columns.reduce(
    (sum, { type }) => sum + Number(isCounted(type)) + countWhere(innerColumns(type), isCounted),
    0,
  );
}

const keyColumn: KernelColumn = {
  source: '',
  type: {
    kind: 'text',
    lengthMin: 0,
    lengthMax: 0xffff_ffff,
    words: undefined,
    patterns: [],
    refusesEmpty: false,
  },
  isRequired: true,
  isGuarded: false,
};

function innerColumns(type: KernelType): readonly KernelColumn[] {
  if (type.kind === 'struct') return type.members;
  if (type.kind === 'array') return [type.element];
  return type.kind === 'map' ? [keyColumn, type.value] : [];
}

/** Nodes that a program of these columns has: the kernel refuses more than NODES_MAX. */
export const isTooWide = (columns: readonly KernelColumn[]): boolean =>
  countWhere(columns, () => true) > NODES_MAX;

function addDomain({ memory, domains }: Build, at: number, room: number): number {
  memory.view.setUint32(at + DOMAIN.ROOM, room, true);
  domains.push({ at, room, nodes: [] });
  return domains.length - 1;
}

/** Writes the columns side by side, then what is inside of them. */
function writeNodes(
  build: Build,
  columns: readonly KernelColumn[],
  domain: number,
  isRoot: boolean,
): readonly KernelNode[] {
  const first = build.memory.take(NODE_BYTES * Math.max(1, columns.length));
  // One that matches no name stands where there is no member to guess.
  if (columns.length === 0) writeKey(build.memory, first, undefined);
  return columns.map((column, index) => writeNode(build, column, first + index * NODE_BYTES, domain, isRoot));
}

function writeNode(
  build: Build,
  column: KernelColumn,
  at: number,
  domain: number,
  isRoot: boolean,
): KernelNode {
  const { memory } = build;
  const index = build.nodes.length;
  const { type } = column;
  const width = widthOf(type);
  const { room, nodes } = build.domains[domain]!;
  nodes.push(at);
  const data = width === 0 ? 0 : memory.take(room * width);
  const validity = memory.take(room / 8 + 16);
  memory.bytes.fill(0xff, validity, validity + room / 8 + 16);
  const hasHeap = width === 16 && holdsText(type.kind) && type.kind !== 'map';
  const heap = hasHeap ? memory.take(build.heapRoom) : 0;
  const hasDictionary = isRoot && type.kind === 'text';
  const set = (field: keyof typeof NODE, value: number): void =>
    memory.view.setUint32(at + NODE[field], value, true);
  memory.view.setUint8(at + NODE.KIND, kindOf(type));
  memory.view.setUint8(at + NODE.IS_REQUIRED, Number(column.isRequired));
  memory.view.setUint8(at + NODE.IS_GUARDED, Number(column.isGuarded));
  set('DOMAIN', build.domains[domain]!.at);
  set('DATA', data);
  set('VALIDITY', validity);
  set('HEAP', heap);
  set('HEAP_ROOM', hasHeap ? build.heapRoom : 0);
  set('WIDTH', width);
  memory.view.setInt32(at + NODE.ENTRY_COUNT, -1, true);
  if (hasDictionary) writeDictionary(memory, at);
  writeKey(memory, at, column.source);
  writeRules(memory, at, type);
  const node: { -readonly [K in keyof KernelNode]: KernelNode[K] } = {
    column,
    at,
    index,
    domain,
    data,
    validity,
    heap,
    width,
    hasHeap,
    hasDictionary,
    children: [],
  };
  build.nodes.push(node);
  node.children = writeInner(build, at, type, domain);
  return node;
}

function writeInner(build: Build, at: number, type: KernelType, domain: number): readonly KernelNode[] {
  const { memory } = build;
  if (type.kind === 'struct') {
    const children = writeNodes(build, type.members, domain, false);
    memory.view.setUint32(at + NODE.MEMBERS, writeMembers(build, type.members, children), true);
    return children;
  }
  if (type.kind !== 'array' && type.kind !== 'map') return [];
  const domainAt = build.domains[0]!.at + build.domains.length * DOMAIN_BYTES;
  const inner = addDomain(build, domainAt, ENTRY_ROOM);
  const children = writeNodes(build, innerColumns(type), inner, false);
  memory.view.setUint32(at + NODE.INNER_DOMAIN, domainAt, true);
  memory.view.setUint32(at + NODE.INNER, children.at(-1)!.at, true);
  if (type.kind === 'map') memory.view.setUint32(at + NODE.INNER_KEY, children[0]!.at, true);
  return children;
}

function writeDictionary(memory: KernelMemory, at: number): void {
  const slots = memory.take(DICTIONARY_SLOTS * 16);
  const codes = memory.take(DICTIONARY_SLOTS);
  const entries = memory.take(DICTIONARY_ENTRIES * 16);
  const rows = memory.take(CHUNK_ROWS);
  memory.view.setUint32(at + NODE.SLOTS, slots, true);
  memory.view.setUint32(at + NODE.SLOT_CODES, codes, true);
  memory.view.setUint32(at + NODE.ENTRIES, entries, true);
  memory.view.setUint32(at + NODE.CODES, rows, true);
}

const encoder = new TextEncoder();

/** A name that JSON writes only with escapes matches nothing here: such a member is a doubt. */
const isPlainName = (name: string): boolean => !/["\\\u0000-\u001f]/.test(name) && name.isWellFormed();

function writeKey(memory: KernelMemory, at: number, name: string | undefined): void {
  const isKnown = name !== undefined && isPlainName(name);
  const key = isKnown ? encoder.encode(`"${name}"`) : new Uint8Array(16).fill(0xff);
  const address = memory.take(key.length + 16);
  memory.bytes.set(key, address);
  memory.view.setUint32(at + NODE.KEY, address, true);
  memory.view.setUint32(at + NODE.KEY_LENGTH, key.length, true);
}

/** The table of names by hash, and the guesses of which member follows which. */
function writeMembers(
  { memory }: Build,
  columns: readonly KernelColumn[],
  nodes: readonly KernelNode[],
): number {
  const at = memory.take(MEMBERS_BYTES);
  const size = 2 ** Math.ceil(Math.log2(2 * columns.length + 2));
  const names = memory.take(2 * size);
  const followers = memory.take(2 * (columns.length + 1));
  columns.forEach(({ source }, index) => {
    memory.view.setUint16(followers + 2 * index, index, true);
    if (!isPlainName(source)) return;
    let slot = hashBytes(encoder.encode(source)) & (size - 1);
    while (memory.view.getUint16(names + 2 * slot, true) !== 0) slot = (slot + 1) & (size - 1);
    memory.view.setUint16(names + 2 * slot, index + 1, true);
  });
  const first = nodes[0]?.at ?? memory.take(NODE_BYTES);
  if (nodes.length === 0) writeKey(memory, first, undefined);
  memory.view.setUint32(at + MEMBERS.FIRST, first, true);
  memory.view.setUint32(at + MEMBERS.COUNT, columns.length, true);
  memory.view.setUint32(at + MEMBERS.NAMES, names, true);
  memory.view.setUint32(at + MEMBERS.NAMES_MASK, size - 1, true);
  memory.view.setUint32(at + MEMBERS.FOLLOWERS, followers, true);
  return at;
}

function kindOf(type: KernelType): number {
  switch (type.kind) {
    case 'text':
      return KINDS.TEXT;
    case 'timestamp':
      return type.hasZone ? KINDS.TIMESTAMP : KINDS.TIMESTAMP_NTZ;
    default:
      return KINDS[type.kind.toUpperCase() as keyof typeof KINDS];
  }
}

function widthOf(type: KernelType): KernelNode['width'] {
  switch (type.kind) {
    case 'whole':
      return type.width;
    case 'boolean':
      return 1;
    case 'float':
    case 'date':
      return 4;
    case 'double':
    case 'timestamp':
      return 8;
    case 'struct':
      return 0;
    case 'text':
    case 'json':
    case 'binary':
    case 'wide':
    case 'array':
    case 'map':
      return 16;
  }
}
