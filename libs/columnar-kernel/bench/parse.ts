// What a record costs inside the kernel: checksum, then framing, JSON and columns. No other package is involved.
import { createBlockPool, createChunkArena, createColumnarKernel, type KernelColumn } from '../src/index.ts';

const text: KernelColumn['type'] = {
  kind: 'text',
  lengthMin: 0,
  lengthMax: Infinity,
  words: undefined,
  patterns: [],
  refusesEmpty: false,
};
const column = (source: string, type: KernelColumn['type']): KernelColumn => ({
  source,
  type,
  isRequired: true,
  isGuarded: false,
});
const kernel = createColumnarKernel({
  columns: [
    column('id', text),
    column('at', {
      kind: 'timestamp',
      hasZone: true,
      least: -(2n ** 62n),
      most: 2n ** 62n,
      step: 0n,
      choices: undefined,
    }),
    column('kind', text),
    column('revenue', { kind: 'double', lowest: 0, highest: Infinity, isAbove: false, isBelow: false }),
  ],
  unknownIsDoubt: false,
  valueBytesMax: 1 << 20,
  schemaIds: [],
});

function varint(value: number): Buffer {
  let raw = value < 0 ? -2 * value - 1 : 2 * value;
  const bytes: number[] = [];
  for (; raw > 127; raw = Math.floor(raw / 128)) bytes.push((raw % 128) | 128);
  return Buffer.from([...bytes, raw]);
}
const RECORDS = 4_000;
const records = Buffer.concat(
  Array.from({ length: RECORDS }, (_, index) => {
    const value = Buffer.from(
      `{"id":"0b5f9c1e-1111-4222-8333-${String(index).padStart(12, '0')}","at":"2026-11-21T09:00:${String(index % 60).padStart(2, '0')}.123Z","kind":"${index % 3 === 0 ? 'click' : 'impression'}","revenue":0.${index}1}`,
    );
    const body = Buffer.concat([
      Buffer.from([0, 0]),
      varint(index),
      varint(-1),
      varint(value.length),
      value,
      varint(0),
    ]);
    return Buffer.concat([varint(body.length), body]);
  }),
);
const arena = createChunkArena(createBlockPool(64 << 20));
/** Milliseconds of CPU of this thread: other work on the machine does not count. */
const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
const cost = { crc: 0, parse: 0 };
let doubts = 0;
const rounds = 500;
for (let round = -50; round < rounds; round++) {
  let began = cpuMs();
  kernel.load(records, 0);
  if (round >= 0) cost.crc += cpuMs() - began;
  began = cpuMs();
  kernel.decompress('none', 0, 1 << 27);
  kernel.begin({
    recordsCount: RECORDS,
    baseOffset: 0n,
    lastOffsetDelta: RECORDS - 1,
    timeMs: 0n,
    isLogAppendTime: false,
    lowestDelta: 0,
    endDelta: 0x8000_0000,
  });
  for (let step = kernel.step(); step !== 'finished'; step = kernel.step()) {
    if (step === 'full') kernel.takeChunk(arena);
    else doubts++;
  }
  kernel.takeChunk(arena);
  if (round >= 0) cost.parse += cpuMs() - began;
  arena.release();
}
const count = RECORDS * rounds;
const nsPerRecord = (milliseconds: number): number => Math.round((milliseconds * 1e6) / count);
const megabytes = (records.length * rounds) / 1e6;
console.log(
  JSON.stringify({
    records: count,
    bytesPerRecord: Math.round(records.length / RECORDS),
    copyAndChecksumNs: nsPerRecord(cost.crc),
    parseNs: nsPerRecord(cost.parse),
    parseMegabytesPerSecond: Math.round(megabytes / (cost.parse / 1000)),
    doubts,
  }),
);
