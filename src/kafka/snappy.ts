import { compress, uncompress } from 'snappyjs';

/** Java producers put blocks into a frame of their own (xerial): magic, two versions, then blocks. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_BYTES = 16;

/** Unpacks raw snappy and the Java frame; throws beyond the bound, before anything is unpacked. */
export function decompressSnappy(bytes: Buffer, bytesMax: number): Buffer {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return uncompress(bytes, bytesMax);
  const blocks: Buffer[] = [];
  let room = bytesMax;
  for (let at = XERIAL_HEADER_BYTES; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    at += 4;
    if (at + length > bytes.length) throw new Error('a block of the snappy frame is cut short');
    const block = uncompress(bytes.subarray(at, at + length), room);
    room -= block.length;
    blocks.push(block);
    at += length;
  }
  return Buffer.concat(blocks);
}

/** Packs as raw snappy, which every client reads. */
export function compressSnappy(bytes: Buffer): Buffer {
  return compress(bytes);
}
