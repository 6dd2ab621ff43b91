import { createHash } from 'node:crypto';

import { Failure } from '../base/failure.ts';
import type { PackTexts } from '../language/pack/read.ts';
import type { PackedRules } from '../language/pack/write.ts';

// A pack is, in this order:
// - a line of text: `tidegate-pack`, the number of this form, the SHA-256 of all bytes behind the line;
// - a table of 4-byte little-endian numbers: how many parts there are, then for the head, the index and
//   each part where it ends, counted from the end of the table;
// - head, index and parts, UTF-8.
const MAGIC = 'tidegate-pack';
/** Raised whenever what stands in a pack changes its meaning. */
const FORM = 1;
const FIRST_LINE_MAX = 100;
const NUMBER_BYTES = 4;
const BYTES_MAX = 1_000_000_000;
const PARTS_MAX = 20_000_000;

/** The texts of a pack file. */
export interface PackFile extends PackTexts {
  /** What the pack was made from, as JSON. */
  readonly head: string;
}

/** The bytes of a pack file. */
export function packBytes(head: string, { index, parts }: PackedRules): Buffer {
  const texts = [head, index, ...parts].map((text) => Buffer.from(text, 'utf8'));
  const table = Buffer.alloc((texts.length + 1) * NUMBER_BYTES);
  table.writeUInt32LE(parts.length, 0);
  let end = 0;
  for (const [at, bytes] of texts.entries()) {
    end += bytes.length;
    table.writeUInt32LE(end, (at + 1) * NUMBER_BYTES);
  }
  const content = Buffer.concat([table, ...texts]);
  if (content.length > BYTES_MAX) throw refused(`the rules make a pack above ${BYTES_MAX} bytes`);
  return Buffer.concat([Buffer.from(`${MAGIC} ${FORM} ${digestOf(content)}\n`, 'latin1'), content]);
}

/**
 * The texts in these bytes. A file that is something else, of another form or damaged is refused, by its
 * checksum before anything of it is looked at.
 */
export function openPackBytes(bytes: Buffer, path: string): PackFile {
  const lineEnd = bytes.subarray(0, FIRST_LINE_MAX).indexOf('\n');
  const [magic, form, digest] = bytes.toString('latin1', 0, Math.max(0, lineEnd)).split(' ');
  if (magic !== MAGIC) throw refused(`${path}: is no rule pack`);
  if (form !== String(FORM)) {
    throw refused(`${path}: was written by another version of Tidegate (form ${form ?? '?'})`);
  }
  const content = bytes.subarray(lineEnd + 1);
  const isWhole = content.length <= BYTES_MAX && digestOf(content) === digest;
  const parts = isWhole && content.length > NUMBER_BYTES ? content.readUInt32LE(0) : PARTS_MAX;
  const textsAt = (parts + 3) * NUMBER_BYTES;
  if (parts >= PARTS_MAX || textsAt > content.length) {
    throw refused(`${path}: is damaged: its bytes do not have their checksum`);
  }
  const endOf = (text: number): number => content.readUInt32LE((text + 1) * NUMBER_BYTES);
  const textAt = (text: number): string => {
    const start = textsAt + (text === 0 ? 0 : endOf(text - 1));
    const end = textsAt + endOf(text);
    if (start > end || end > content.length) throw refused(`${path}: is damaged`);
    return content.toString('utf8', start, end);
  };
  return {
    head: textAt(0),
    index: textAt(1),
    partCount: parts,
    part: (number) => textAt(number + 2),
  };
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function refused(message: string): Failure {
  return new Failure('source_corrupt', {
    message: `${message}; write it again with \`tidegate rules pack\``,
    retryable: false,
  });
}
