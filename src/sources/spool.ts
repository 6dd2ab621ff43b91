import { once, EventEmitter } from 'node:events';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  truncateSync,
  unlinkSync,
} from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { Failure } from '../base/failure.ts';

/** How much a spool holds. */
export interface SpoolLimits {
  /** Bytes on the disk, all segments together. A full spool takes nothing until some of it is acknowledged. */
  readonly bytesMax: number;
  readonly segmentBytesMax: number;
}

export const SPOOL_LIMITS: SpoolLimits = {
  bytesMax: 256 * 1024 * 1024,
  segmentBytesMax: 8 * 1024 * 1024,
};

interface Segment {
  readonly path: string;
  /** Offset of its first line. */
  readonly first: number;
  lines: number;
  bytes: number;
}

/** A line of the spool with its offset. */
export interface SpooledLine {
  readonly offset: number;
  readonly line: Buffer;
}

const SUFFIX = '.ndjson';
const NAME = /^(\d{16})\.ndjson$/;
const NEWLINE = 10;
const SEGMENTS_MIN = 4;
const READ_BYTES = 1024 * 1024;
// The newest segment goes when it is acknowledged and this part of its largest size, so that not every line costs
// a file.
const DROPPED_SHARE = 8;

/** Where reading has come to: the byte of a segment at which the line of an offset begins. */
interface Place {
  readonly segment: Segment;
  byte: number;
  offset: number;
}

/**
 * Lines on the disk that were received over the network and are not judged yet: what was taken in survives a
 * restart, and is read again from an offset as a log is. Segments are plain NDJSON, so `tidegate scan` reads them.
 */
export class Spool implements AsyncDisposable {
  readonly #folder: string;
  readonly #limits: SpoolLimits;
  readonly #segments: Segment[];
  readonly #changed: EventEmitter = new EventEmitter();
  #writing: FileHandle | undefined;
  #queue: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(folder: string, segments: Segment[], limits: SpoolLimits) {
    this.#folder = folder;
    this.#segments = segments;
    this.#limits = limits;
    this.#changed.setMaxListeners(0);
  }

  /** Opens the folder, which is made where it is missing. A line that a crash has cut is cut off. */
  static open(folder: string, wanted: SpoolLimits = SPOOL_LIMITS): Spool {
    // A spool of one segment alone would be full until all of it is acknowledged.
    const segmentBytesMax = Math.min(wanted.segmentBytesMax, wanted.bytesMax / SEGMENTS_MIN);
    const limits = { ...wanted, segmentBytesMax };
    try {
      mkdirSync(folder, { recursive: true });
      const names = readdirSync(folder).filter((name) => NAME.test(name));
      const segments = names.toSorted().map((name) => readSegment(folder, name));
      return new Spool(folder, segments, limits);
    } catch (cause) {
      throw new Failure('source_unreadable', {
        message: `${folder}: the spool of a receiver can not be opened there`,
        retryable: false,
        cause,
      });
    }
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** The offset that the next line will have. */
  get end(): number {
    const last = this.#segments.at(-1);
    return last === undefined ? 0 : last.first + last.lines;
  }

  /** The offset of the oldest line. */
  get start(): number {
    return this.#segments[0]?.first ?? this.end;
  }

  /** True if so many bytes more would be too many. */
  isFullFor(bytes: number): boolean {
    return this.bytes + bytes > this.#limits.bytesMax;
  }

  /** Takes lines in (without line breaks in them); they are on the disk when it resolves. */
  append(lines: readonly string[]): Promise<void> {
    const work = this.#queue.then(() => this.#write(lines));
    this.#queue = work.catch(() => undefined);
    return work;
  }

  /** Lines from an offset on, in batches; waits for more until the spool is closed. */
  async *read(from: number): AsyncGenerator<readonly SpooledLine[]> {
    let place = this.#placeOf(from);
    while (!this.#isClosed) {
      const lines = place === undefined ? [] : linesAt(place);
      if (lines.length > 0) {
        const wanted = lines.filter(({ offset }) => offset >= from);
        if (wanted.length > 0) yield wanted;
        continue;
      }
      const next = this.#placeOf(place?.offset ?? from);
      if (next !== undefined && next.segment !== place?.segment) place = next;
      else await once(this.#changed, 'change');
    }
  }

  /** Lines up to and with this offset are not needed again; whole segments of them go. */
  acknowledge(offset: number): Promise<void> {
    const work = this.#queue.then(() => this.#drop(offset));
    this.#queue = work.catch(() => undefined);
    return work;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#changed.emit('change');
    await this.#queue;
    await this.#writing?.close();
    this.#writing = undefined;
  }

  // Between writes, so that no line is on its way into what is dropped.
  async #drop(offset: number): Promise<void> {
    for (let first = this.#segments[0]; first !== undefined; first = this.#segments[0]) {
      if (first.first + first.lines - 1 > offset || first.bytes === 0) return;
      if (this.#segments.length === 1) {
        if (first.bytes < this.#limits.segmentBytesMax / DROPPED_SHARE) return;
        await this.#begin(first.first + first.lines);
      }
      unlinkSync(first.path);
      this.#segments.shift();
    }
  }

  // At the beginning of the segment that has the line of this offset, or that will have it.
  #placeOf(offset: number): Place | undefined {
    const segment = this.#segments.findLast(({ first }) => first <= offset) ?? this.#segments[0];
    return segment === undefined ? undefined : { segment, byte: 0, offset: segment.first };
  }

  async #write(lines: readonly string[]): Promise<void> {
    if (this.#isClosed) throw new Error('the spool is closed');
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    const segment = await this.#segmentFor(bytes.length);
    await this.#writing?.appendFile(bytes);
    await this.#writing?.datasync();
    segment.lines += lines.length;
    segment.bytes += bytes.length;
    this.#changed.emit('change');
  }

  async #segmentFor(bytes: number): Promise<Segment> {
    const last = this.#segments.at(-1);
    const fits = last !== undefined && last.bytes + bytes <= this.#limits.segmentBytesMax;
    if (last === undefined || (last.bytes > 0 && (!fits || this.#writing === undefined))) {
      return this.#begin(this.end);
    }
    this.#writing ??= await open(last.path, 'a');
    return last;
  }

  async #begin(first: number): Promise<Segment> {
    await this.#writing?.close();
    const path = join(this.#folder, `${String(first).padStart(16, '0')}${SUFFIX}`);
    const segment = { path, first, lines: 0, bytes: 0 };
    this.#writing = await open(path, 'a');
    this.#segments.push(segment);
    return segment;
  }
}

// The last line of a segment may have been cut by a crash: nobody was told that it was taken in.
function readSegment(folder: string, name: string): Segment {
  const path = join(folder, name);
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  if (end < bytes.length) truncateSync(path, end);
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return { path, first: Number(NAME.exec(name)?.[1]), lines, bytes: end };
}

/** The next whole lines behind a place, which moves behind them. */
function linesAt(place: Place): readonly SpooledLine[] {
  const { segment } = place;
  const rest = segment.bytes - place.byte;
  if (rest <= 0) return [];
  let bytes = readAt(segment.path, place.byte, Math.min(rest, READ_BYTES));
  if (!bytes.includes(NEWLINE)) bytes = readAt(segment.path, place.byte, rest);
  const lines: SpooledLine[] = [];
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
    lines.push({ offset: place.offset, line: bytes.subarray(start, end) });
    place.offset += 1;
    start = end + 1;
  }
  place.byte += start;
  return lines;
}

function readAt(path: string, position: number, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, position));
  } finally {
    closeSync(file);
  }
}
