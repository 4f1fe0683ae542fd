import { wasmBase64 } from './generated/kernel-wasm.ts';

/** What assembly/index.ts exports. Addresses are byte positions in `memory`; 64-bit integers are bigint. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  readonly TABLE_BYTES: WebAssembly.Global;
  prepare(at: number, scratch: number, scratchRoom: number, unknownIsDoubt: number): void;
  prepareRecords(
    batch: number,
    root: number,
    members: number,
    innerDomains: number,
    domainCount: number,
    offsets: number,
    times: number,
    timesValidity: number,
    valueBytesMax: number,
    schemaIds: number,
    schemaIdCount: number,
  ): void;
  emptyChunk(root: number, innerDomains: number, domainCount: number, timesValidity: number): void;
  clearDictionaries(root: number): void;
  crc32c(start: number, end: number): number;
  lz4Frame(start: number, end: number, out: number, outEnd: number): number;
  snappy(start: number, end: number, out: number, outEnd: number): number;
  beginRecords(
    start: number,
    end: number,
    count: number,
    baseOffset: bigint,
    baseTime: bigint,
    isLogAppendTime: number,
    lastOffsetDelta: number,
    lowestDelta: bigint,
    endDelta: bigint,
  ): void;
  readRecords(): number;
  keepRow(row: number, offset: bigint, timeMs: bigint): void;
  dropRow(row: number): void;
  setNull(node: number, row: number): void;
  writeJudgedText(node: number, row: number, start: number, length: number): number;
  hashBytes(start: number, length: number): number;
}

let released: WebAssembly.Module | undefined;

/** The kernel as it is built; compiled once per thread. */
export const kernelModule = (): WebAssembly.Module =>
  (released ??= new WebAssembly.Module(Uint8Array.from(Buffer.from(wasmBase64, 'base64'))));

export const startKernel = (module: WebAssembly.Module): KernelExports =>
  new WebAssembly.Instance(module, {}).exports as unknown as KernelExports;
