import { recordBatchCodecs } from '@headwater/adapter-record-codecs';
import {
  createBlockPool,
  createChunkArena,
  createColumnarKernel,
  readChunk,
  type KernelValue,
} from '@headwater/columnar-kernel';
import {
  createRecordJudge,
  type Column,
  type ColumnType,
  type ColumnValue,
  type CompiledContract,
} from '@headwater/core-contract';
import { createRecordSetScanner, recordOffset, recordValue } from '@headwater/core-staging';
import { HeadwaterError } from '@headwater/kernel';
import { planKernel } from '../kernel-program.ts';
import { createKernelReader } from '../kernel-reader.ts';
import { BASE_OFFSET, encodeBatch, pipelineOf, type Stored } from './fuzz-record-set.test-data.ts';

/** One difference between the kernel's path and the judge; there must be none. */
export interface Difference {
  readonly record: string;
  readonly kernel: string;
  readonly judge: string;
}

export interface Comparison {
  readonly records: number;
  readonly accepted: number;
  /** Records the judge takes, and those of them that the kernel left to it. */
  readonly doubts: number;
  readonly traps: number;
  readonly memoryBytes: number;
  readonly differences: readonly Difference[];
}

export interface Comparer {
  compare(values: readonly Uint8Array[], stored?: Stored): Comparison;
  /** Reads the same record set in the kernel and record by record; undefined when the outcomes are equal. */
  compareSet(recordSet: Uint8Array, range: SetRange): Difference | undefined;
}

/** What the kernel's path makes of each record: its values, or undefined when it is refused. */
export function readByKernel(
  contract: CompiledContract,
  values: readonly Uint8Array[],
): readonly (readonly (ColumnValue | KernelValue)[] | undefined)[] {
  const plan = planKernel(contract, []);
  if (plan.kind !== 'program') throw new Error(plan.why);
  const kernel = createColumnarKernel(plan.program);
  const seen = new Map<bigint, readonly (ColumnValue | KernelValue)[]>();
  const arena = createChunkArena(createBlockPool(0));
  const reader = createKernelReader({
    pipeline: pipelineOf(contract),
    kernel,
    codecs: recordBatchCodecs,
    batchBytesMax: 64 << 20,
    arena,
    output: {
      chunk(chunk) {
        for (const row of readChunk(kernel.columns, chunk, kernel.dictionaryCells))
          seen.set(row.offset, row.values);
      },
      row: (record, _time, row) => seen.set(recordOffset(record), row),
      refuse: () => undefined,
    },
  });
  const recordSet = encodeBatch(values, AS_IT_IS);
  reader.read({ partition: 0, recordSet, from: 0n, to: 1n << 60n, aborted: [] });
  reader.seal();
  return values.map((_, index) => seen.get(BASE_OFFSET + BigInt(index)));
}

export interface SetRange {
  readonly from: bigint;
  readonly to: bigint;
}

const AS_IT_IS: Stored = { attribute: 0, bytes: (plain) => plain };

/** Compares the kernel's path with the judge, record by record, without DuckDB. */
export function createComparer(contract: CompiledContract, module?: WebAssembly.Module): Comparer {
  const plan = planKernel(contract, []);
  if (plan.kind !== 'program') throw new Error(plan.why);
  const kernel = createColumnarKernel(plan.program, module === undefined ? {} : { module });
  const blocks = createBlockPool(16 << 20);
  const judge = createRecordJudge(contract);
  const pipeline = pipelineOf(contract);

  const readAll = (recordSet: Uint8Array, range: SetRange = { from: 0n, to: 1n << 60n }) => {
    const seen = new Map<bigint, string>();
    const arena = createChunkArena(blocks);
    kernel.reset();
    const note = (offset: bigint, text: string) =>
      seen.set(offset, seen.has(offset) ? `${seen.get(offset)} and ${text}` : text);
    const reader = createKernelReader({
      pipeline,
      kernel,
      codecs: recordBatchCodecs,
      batchBytesMax: 64 << 20,
      arena,
      output: {
        chunk(chunk) {
          if (chunk.rows > 2048) note(-1n, `a chunk of ${chunk.rows} rows`);
          for (const row of readChunk(kernel.columns, chunk, kernel.dictionaryCells)) {
            note(row.offset, show(row.values, contract.columns));
          }
        },
        row: (record, _time, values) => note(recordOffset(record), show(values, contract.columns)),
        refuse: (record, { reason, path }) => note(recordOffset(record), `refused: ${reason} ${path}`),
      },
    });
    try {
      const report = reader.read({ partition: 0, recordSet, ...range, aborted: [] });
      reader.seal();
      return { seen, report, doubts: reader.doubts() };
    } finally {
      arena.release();
    }
  };

  const scanner = createRecordSetScanner({ codecs: recordBatchCodecs, batchBytesMax: 64 << 20 });
  const scanAll = (recordSet: Uint8Array, range: SetRange) => {
    const seen = new Map<bigint, string>();
    const report = scanner.scan(
      'fuzz',
      { partition: 0, recordSet, ...range, aborted: [] },
      {
        record(record) {
          const verdict = judge(recordValue(record)!);
          seen.set(
            recordOffset(record),
            verdict.accepted
              ? show(verdict.values, contract.columns)
              : `refused: ${verdict.reason} ${verdict.path}`,
          );
        },
      },
    );
    return { seen, report };
  };

  return {
    compareSet(recordSet, range) {
      const kernelSays = outcome(() => readAll(recordSet, range));
      const scanSays = outcome(() => scanAll(recordSet, range));
      if (kernelSays === scanSays) return undefined;
      return { record: Buffer.from(recordSet).toString('hex'), kernel: kernelSays, judge: scanSays };
    },
    compare(values, stored = AS_IT_IS) {
      const { seen, doubts } = readAll(encodeBatch(values, stored));
      const differences: Difference[] = [];
      let accepted = 0;
      for (const [index, value] of values.entries()) {
        const verdict = judge(value);
        if (verdict.accepted) accepted++;
        const expected = verdict.accepted
          ? show(verdict.values, contract.columns)
          : `refused: ${verdict.reason} ${verdict.path}`;
        const got = seen.get(BASE_OFFSET + BigInt(index)) ?? 'nothing';
        if (got === expected) continue;
        differences.push({ record: Buffer.from(value).toString('latin1'), kernel: got, judge: expected });
      }
      if (seen.size !== values.length) {
        differences.push({ record: '', kernel: `${seen.size} records`, judge: `${values.length} records` });
      }
      return {
        records: values.length,
        accepted,
        doubts,
        traps: kernel.traps(),
        memoryBytes: kernel.memoryBytes(),
        differences,
      };
    },
  };
}

const outcome = (
  read: () => { readonly seen: ReadonlyMap<bigint, string>; readonly report: object },
): string => {
  try {
    const { seen, report } = read();
    const rows = [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([offset, text]) => `${offset}: ${text}`);
    return [
      ...Object.entries(report)
        .map(([name, value]) => `${name} ${String(value)}`)
        .sort(),
      ...rows,
    ].join('\n');
  } catch (error) {
    if (!(error instanceof HeadwaterError)) throw error;
    return `${error.code}: ${error.message}`;
  }
};

/** A text that differs when the values do, whichever of the two shapes they come in. */
const show = (values: readonly (ColumnValue | KernelValue)[], columns: readonly Column[]): string =>
  columns.map(({ type }, index) => showValue(values[index] ?? null, type)).join(' | ');

function showValue(value: ColumnValue | KernelValue, type: ColumnType): string {
  if (value === null) return 'null';
  switch (type.kind) {
    case 'struct':
      return `{${show((value as { struct: readonly ColumnValue[] }).struct, type.fields)}}`;
    case 'array':
      return `[${(value as { array: readonly ColumnValue[] }).array.map((entry) => showValue(entry, type.element.type)).join()}]`;
    case 'map':
      return `<${(value as { map: readonly (readonly [string, ColumnValue])[] }).map.map(([name, entry]) => `${name}=${showValue(entry, type.value.type)}`).join()}>`;
    case 'double':
    case 'float':
      return Object.is(value, -0) ? '-0' : String(value as number);
    case 'binary':
      return Buffer.from(value as Uint8Array).toString('hex');
    case 'string':
    case 'json':
      return JSON.stringify(value);
    default:
      return String(value as bigint);
  }
}
