declare module 'snappyjs' {
  /** Throws if the bytes claim to unpack to more than `lengthMax`, before anything is unpacked. */
  export function uncompress(compressed: Buffer, lengthMax?: number): Buffer;
  export function compress(uncompressed: Buffer): Buffer;
}
