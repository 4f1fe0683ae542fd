import { createComparer, type Comparer, type Difference } from './fuzz-kernel.test-data.ts';
import { fuzzContracts } from './fuzz-contracts.test-data.ts';
import { createRandom, type Random } from './fuzz-random.test-data.ts';
import { createRecordMaker } from './fuzz-records.test-data.ts';
import { makeSet, ways } from './fuzz-sets.test-data.ts';

export interface FuzzResult {
  readonly records: number;
  readonly recordSets: number;
  /** Records the judge takes, and those of them the kernel did not prove by itself. */
  readonly accepted: number;
  readonly unproven: number;
  readonly traps: number;
  readonly memoryBytesMax: number;
  readonly wrong: number;
  readonly examples: readonly Difference[];
}

export interface FuzzOptions {
  readonly seed: number;
  readonly records: number;
  readonly recordSets: number;
  /** A build of the kernel with a planted bug. */
  readonly module?: WebAssembly.Module;
  /** Ends at the first difference. */
  readonly isOver?: (result: FuzzResult) => boolean;
  readonly onProgress?: (result: FuzzResult) => void;
}

const EXAMPLES_MAX = 5;

type Tally = { -readonly [K in keyof FuzzResult]: FuzzResult[K] } & { examples: Difference[] };

/** Fuzzes every shape in turn: records in whole batches, then damaged record sets. */
export function fuzzKernel(options: FuzzOptions): FuzzResult {
  const random = createRandom(options.seed);
  const tally: Tally = {
    records: 0,
    recordSets: 0,
    accepted: 0,
    unproven: 0,
    traps: 0,
    memoryBytesMax: 0,
    wrong: 0,
    examples: [],
  };
  const share = 1 / fuzzContracts.length;
  for (const contract of fuzzContracts) {
    const comparer = createComparer(contract, options.module);
    const make = createRecordMaker(random, contract);
    if (options.isOver?.(tally) === true) break;
    fuzzRecords(comparer, random, make, tally, Math.ceil(options.records * share), options);
    fuzzSets(comparer, random, make, tally, Math.ceil(options.recordSets * share));
    options.onProgress?.(tally);
  }
  return tally;
}

function fuzzRecords(
  comparer: Comparer,
  random: Random,
  make: () => Buffer,
  tally: Tally,
  count: number,
  { onProgress, isOver }: FuzzOptions,
): void {
  let traps = 0;
  for (let done = 0; done < count && isOver?.(tally) !== true;) {
    const size = 1 + random.below(random.pick([3, 200, 6_000]));
    const seen = comparer.compare(Array.from({ length: size }, make), random.pick(ways));
    done += size;
    tally.records += size;
    tally.accepted += seen.accepted;
    tally.unproven += seen.doubts - (size - seen.accepted);
    traps = seen.traps;
    tally.memoryBytesMax = Math.max(tally.memoryBytesMax, seen.memoryBytes);
    for (const difference of seen.differences) note(tally, difference);
    if (done % 100_000 < size) onProgress?.(tally);
  }
  tally.traps += traps;
}

function fuzzSets(comparer: Comparer, random: Random, make: () => Buffer, tally: Tally, count: number): void {
  for (let done = 0; done < count; done++) {
    const { recordSet, range } = makeSet(random, Array.from({ length: random.below(40) }, make));
    const difference = comparer.compareSet(recordSet, range);
    tally.recordSets++;
    if (difference !== undefined) note(tally, difference);
  }
}

function note(tally: Tally, difference: Difference): void {
  tally.wrong++;
  if (tally.examples.length < EXAMPLES_MAX) tally.examples.push(difference);
}
