const MAGIC = 0x184d2204;
const blockSizes: Readonly<Record<number, number>> = { 4: 1 << 16, 5: 1 << 18, 6: 1 << 20, 7: 1 << 22 };

/**
 * The uncompressed length of an lz4 frame (lz4 frame format 1.6), or a bound above it that is still at most `bytesMax`.
 * Blocks are only walked, not decompressed, so a frame that lies about its size costs nothing.
 * @throws Error when the frame is not well formed.
 */
export function lz4FrameLength(frame: Uint8Array, bytesMax: number): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 7 || view.getUint32(0, true) !== MAGIC) throw new Error('it is not an lz4 frame');
  const flags = view.getUint8(4);
  const blockMax = blockSizes[(view.getUint8(5) >> 4) & 7];
  if (flags >> 6 !== 1 || blockMax === undefined) throw new Error('its lz4 frame header is unknown');
  const hasBlockChecksum = (flags & 0x10) !== 0;
  const blocks = blocksOf(view, 7 + (flags & 0x08 ? 8 : 0) + (flags & 0x01 ? 4 : 0), hasBlockChecksum);
  const bound = blocks.reduce((sum, block) => sum + (block.isStored ? block.length : blockMax), 0);
  if (bound <= bytesMax) return bound;
  return blocks.reduce(
    (sum, block) => sum + (block.isStored ? block.length : lz4BlockLength(frame, block.start, block.length)),
    0,
  );
}

interface Lz4Block {
  readonly start: number;
  readonly length: number;
  readonly isStored: boolean;
}

function blocksOf(view: DataView, from: number, hasChecksum: boolean): readonly Lz4Block[] {
  const blocks: Lz4Block[] = [];
  let position = from;
  while (position + 4 <= view.byteLength) {
    const size = view.getUint32(position, true);
    if (size === 0) return blocks;
    const length = size & 0x7fff_ffff;
    blocks.push({ start: position + 4, length, isStored: size > 0x7fff_ffff });
    position += 4 + length + (hasChecksum ? 4 : 0);
    if (position > view.byteLength) throw new Error('an lz4 block passes the end');
  }
  throw new Error('its lz4 frame has no end mark');
}

/** Sums literals and matches of one block. */
function lz4BlockLength(bytes: Uint8Array, start: number, length: number): number {
  const end = start + length;
  let position = start;
  let total = 0;
  const extended = (nibble: number): number => {
    let value = nibble;
    if (nibble !== 15) return value;
    for (let byte = 255; byte === 255 && position < end;) {
      byte = bytes[position++]!;
      value += byte;
    }
    return value;
  };
  while (position < end) {
    const token = bytes[position++]!;
    const literals = extended(token >> 4);
    total += literals;
    position += literals;
    if (position >= end) break;
    position += 2;
    total += extended(token & 15) + 4;
  }
  if (position !== end) throw new Error('an lz4 block is cut');
  return total;
}
