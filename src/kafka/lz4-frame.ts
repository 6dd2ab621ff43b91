/** Beginning of an LZ4 frame (lz4_Frame_format.md, version 1.6.x), little endian. */
const MAGIC = 0x184d2204;
const SKIPPABLE_MAGIC = 0x184d2a5;
const STORED = 0x80000000;

/**
 * Walks over the frames without unpacking them and throws if they would unpack to more than this: the
 * frame's own claim of its size may be absent or a lie.
 */
export function measureLz4Frame(bytes: Buffer, bytesMax: number): number {
  // No sequence of LZ4 gives more than 255 bytes for one.
  if (bytes.length * 255 <= bytesMax) return bytes.length * 255;
  let total = 0;
  let at = 0;
  while (at < bytes.length) {
    const magic = bytes.readUInt32LE(at);
    if (magic >>> 4 === SKIPPABLE_MAGIC) {
      at += 8 + bytes.readUInt32LE(at + 4);
      continue;
    }
    if (magic !== MAGIC) throw new Error('not an LZ4 frame');
    const flags = bytes.readUInt8(at + 4);
    const hasBlockChecksums = (flags & 0x10) !== 0;
    const hasContentChecksum = (flags & 0x04) !== 0;
    // Flags, block descriptor, then the optional size and dictionary, then a checksum of a byte.
    at += 6 + ((flags & 0x08) === 0 ? 0 : 8) + ((flags & 0x01) === 0 ? 0 : 4) + 1;
    for (;;) {
      const header = bytes.readUInt32LE(at);
      at += 4;
      if (header === 0) break;
      const length = (header & ~STORED) >>> 0;
      const isStored = header >= STORED;
      total += isStored ? length : measureBlock(bytes.subarray(at, at + length));
      if (total > bytesMax) throw new Error(`unpacks to more than ${bytesMax} bytes`);
      at += length + (hasBlockChecksums ? 4 : 0);
    }
    if (hasContentChecksum) at += 4;
  }
  return total;
}

/** Adds up what the sequences of a block give (lz4_Block_format.md). */
function measureBlock(block: Uint8Array): number {
  let total = 0;
  let at = 0;
  const extended = (nibble: number): number => {
    let length = nibble;
    if (nibble !== 15) return length;
    for (let more = 255; more === 255;) {
      more = block[at] ?? 0;
      at += 1;
      length += more;
    }
    return length;
  };
  while (at < block.length) {
    const token = block[at] ?? 0;
    at += 1;
    const literals = extended(token >>> 4);
    at += literals;
    total += literals;
    // The last sequence is literals alone.
    if (at >= block.length) break;
    at += 2;
    total += extended(token & 15) + 4;
  }
  return total;
}
