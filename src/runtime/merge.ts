import { statSync } from 'node:fs';

import { Assembly } from '../decoders/assembly.ts';
import type { Decoder } from '../decoders/decoder.ts';
import type { EventTime, RawRecord } from '../event/record.ts';
import { STDIN, openFile, type FileSourceOptions } from '../sources/file.ts';
import type { Source } from '../sources/source.ts';
import { Failure } from '../base/failure.ts';
import { decodeRecord, type Decoded } from './decoding.ts';

export interface MergeOptions {
  readonly paths: readonly string[];
  readonly decoder: Decoder;
  /** Opens a path; called twice for a file: once to look at its first event, once to read it. */
  readonly open?: (options: FileSourceOptions) => Source;
  /** A file that can not be read on ends there; the others are read. Without it the failure is thrown. */
  readonly onFailure?: (failure: Failure) => void;
  /** Bytes read from all files so far, before decompression. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Records decoded and judged at a time. Few, so that their events are garbage before the collector
 * has to move them; not fewer, because an alert that grows is told of once a batch.
 */
export const BATCH_RECORDS_MAX = 128;

/**
 * Reads several files as one log: always from the file whose next event is the oldest, ties by the order
 * given (decisions: inputs of a task are merged by event time, input, position). A file is opened only when
 * its first event's turn has come, so a folder of rotated logs needs few open files. Records without an
 * event keep their place in their own file. Pipes and a single file are read straight through.
 */
export async function* mergeFiles(options: MergeOptions): AsyncGenerator<readonly Decoded[]> {
  const open = options.open ?? openFile;
  const bytes = new ByteCount(options.onBytes);
  const [only] = options.paths;
  if (options.paths.length === 1 && only !== undefined) {
    yield* decodeFile(open({ path: only, onBytes: bytes.of(only) }), options);
    return;
  }
  const inputs: Input[] = [];
  for (const [order, path] of options.paths.entries()) {
    // A pipe can not be read twice: it is opened at once and placed by what it delivers.
    const time = isPipe(path)
      ? Number.NEGATIVE_INFINITY
      : await firstEventTime(open({ path }), options.decoder);
    const start = (): AsyncGenerator<readonly Decoded[]> =>
      decodeFile(open({ path, onBytes: bytes.of(path) }), options);
    inputs.push(new Input(order, time, start));
  }
  yield* mergeInputs(inputs);
}

async function* mergeInputs(inputs: readonly Input[]): AsyncGenerator<readonly Decoded[]> {
  const waiting = [...inputs];
  let batch: Decoded[] = [];
  while (waiting.length > 0) {
    const input = oldest(waiting);
    // Read on from this file for as long as it stays the oldest.
    const limit = nextAfter(waiting, input);
    do {
      const decoded = await input.take();
      if (decoded === undefined) {
        waiting.splice(waiting.indexOf(input), 1);
        break;
      }
      batch.push(decoded);
      if (batch.length >= BATCH_RECORDS_MAX) {
        yield batch;
        batch = [];
      }
    } while (input.isBefore(limit));
  }
  if (batch.length > 0) yield batch;
}

function oldest(inputs: readonly Input[]): Input {
  return inputs.reduce((best, input) => (input.isBefore(best) ? input : best));
}

function nextAfter(inputs: readonly Input[], current: Input): Input | undefined {
  const others = inputs.filter((input) => input !== current);
  return others.length === 0 ? undefined : oldest(others);
}

/** One file with the record that stands at its head. */
class Input {
  private readonly order: number;
  private readonly open: () => AsyncGenerator<readonly Decoded[]>;
  private time: EventTime;
  private batches: AsyncGenerator<readonly Decoded[]> | undefined;
  private batch: readonly Decoded[] = [];
  private index = 0;

  constructor(order: number, firstTime: EventTime, open: () => AsyncGenerator<readonly Decoded[]>) {
    this.order = order;
    this.time = firstTime;
    this.open = open;
  }

  isBefore(other: Input | undefined): boolean {
    if (other === undefined) return true;
    return this.time < other.time || (this.time === other.time && this.order < other.order);
  }

  /** The head, after which the next record is the head; undefined at the end. */
  async take(): Promise<Decoded | undefined> {
    if (this.index >= this.batch.length && !(await this.refill())) return undefined;
    const decoded = this.batch[this.index];
    this.index += 1;
    if (this.index < this.batch.length || (await this.refill())) {
      this.time = this.batch[this.index]?.events[0]?.time ?? this.time;
    }
    return decoded;
  }

  private async refill(): Promise<boolean> {
    this.batches ??= this.open();
    const next = await this.batches.next();
    if (next.done) {
      this.batch = [];
      this.index = 0;
      return false;
    }
    this.batch = next.value;
    this.index = 0;
    return true;
  }
}

/** One file from its first record to its last, a batch at a time. */
export async function* decodeFile(
  source: Source,
  options: Pick<MergeOptions, 'decoder' | 'onFailure'>,
): AsyncGenerator<readonly Decoded[]> {
  for await (const batch of decodingFile(source, options)) yield [...batch];
}

/** The same, but each record is decoded when it is asked for: whoever keeps none needs memory for one. */
export async function* decodingFile(
  source: Source,
  { decoder, onFailure }: Pick<MergeOptions, 'decoder' | 'onFailure'>,
): AsyncGenerator<Iterable<Decoded>> {
  await using input = source;
  const assembly = new Assembly();
  try {
    for await (const records of input.batches()) {
      for (let from = 0; from < records.length; from += BATCH_RECORDS_MAX) {
        const step = records.slice(from, from + BATCH_RECORDS_MAX);
        yield decoding(step, decoder, assembly);
      }
    }
  } catch (error) {
    if (onFailure === undefined || !(error instanceof Failure)) throw error;
    onFailure(error);
  }
  // What stands before the damage of a file counts, events without their last lines too.
  const rest = assembly.close();
  if (rest.length === 0) return;
  yield rest.map((record) => ({ ...decodeRecord(decoder, record), isRest: true }));
}

function* decoding(
  records: readonly RawRecord[],
  decoder: Decoder,
  assembly: Assembly,
): Generator<Decoded> {
  for (const record of records) yield decodeRecord(decoder, record, assembly);
}

async function firstEventTime(source: Source, decoder: Decoder): Promise<EventTime> {
  for await (const batch of decodeFile(source, { decoder, onFailure: () => undefined })) {
    for (const decoded of batch) {
      const [event] = decoded.events;
      if (event !== undefined) return event.time;
    }
  }
  return Number.NEGATIVE_INFINITY;
}

class ByteCount {
  private readonly byPath = new Map<string, number>();
  private readonly report: ((bytes: number) => void) | undefined;

  constructor(report: ((bytes: number) => void) | undefined) {
    this.report = report;
  }

  of(path: string): (bytes: number) => void {
    return (bytes) => {
      this.byPath.set(path, bytes);
      let total = 0;
      for (const value of this.byPath.values()) total += value;
      this.report?.(total);
    };
  }
}

function isPipe(path: string): boolean {
  return path === STDIN || statSync(path, { throwIfNoEntry: false })?.isFile() === false;
}
