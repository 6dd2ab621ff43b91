import type { RawRecord } from '../event/record.ts';

/**
 * A line longer than this is cut here: its record keeps the first bytes (no decoder accepts it) and the rest is
 * read over, so that memory is bounded whatever the file holds.
 */
export const LINE_BYTES_MAX: number = 64 * 1024 * 1024;

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Cuts a byte stream into one record per line, a batch per chunk. Lines inside a chunk are views of it, not
 * copies. Blank lines take a line number but give no record. `source` names the file in each position.
 */
export async function* splitLines(
  chunks: AsyncIterable<Buffer>,
  source: string,
): AsyncGenerator<readonly RawRecord[]> {
  const open = new OpenLine();
  let line = 1;
  let isFirst = true;
  for await (const whole of chunks) {
    const chunk = isFirst ? withoutMark(whole) : whole;
    isFirst = false;
    const records: RawRecord[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const payload = trimEnd(open.close(chunk.subarray(start, end)));
      if (payload.length > 0)
        records.push({ payload, position: { source, partition: 0, offset: line } });
      line += 1;
      start = end + 1;
    }
    if (start < chunk.length) open.extend(chunk.subarray(start));
    if (records.length > 0) yield records;
  }
  const payload = trimEnd(open.close(Buffer.alloc(0)));
  if (payload.length > 0) yield [{ payload, position: { source, partition: 0, offset: line } }];
}

function withoutMark(chunk: Buffer): Buffer {
  return chunk.subarray(0, 3).equals(BYTE_ORDER_MARK) ? chunk.subarray(3) : chunk;
}

function trimEnd(line: Buffer): Buffer {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}

/** The line that a chunk's end has cut, up to `LINE_BYTES_MAX` bytes of it. */
class OpenLine {
  private parts: Buffer[] = [];
  private bytes = 0;

  extend(part: Buffer): void {
    const room = LINE_BYTES_MAX - this.bytes;
    if (room <= 0) return;
    const kept = part.subarray(0, room);
    this.parts.push(kept);
    this.bytes += kept.length;
  }

  close(last: Buffer): Buffer {
    if (this.parts.length === 0) return last;
    this.extend(last);
    const line = Buffer.concat(this.parts, this.bytes);
    this.parts = [];
    this.bytes = 0;
    return line;
  }
}
