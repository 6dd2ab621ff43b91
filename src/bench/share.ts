import type { Decoder } from '../decoders/decoder.ts';
import type { RawRecord } from '../event/record.ts';
import { decodeRecord } from '../runtime/decoding.ts';
import { heldInput, type BenchInput } from './input.ts';

/** A worker's part of the input, in a form that moves to another thread without being copied. */
export interface Share {
  readonly bytes: ArrayBuffer;
  /** Where each record ends in `bytes`. */
  readonly ends: Float64Array<ArrayBuffer>;
  readonly sources: readonly string[];
  /** Index into `sources`, and offset, of each record. */
  readonly sourceOf: Uint32Array<ArrayBuffer>;
  readonly offsets: Float64Array<ArrayBuffer>;
}

/**
 * Parts of the input, one for each worker at most, as even in bytes as hosts allow: all records of a host go to
 * one, so that all together find what one alone finds. A record without an event goes with the one before it.
 */
export function shares(input: BenchInput, workers: number, decoder: Decoder): readonly Share[] {
  const hosts = new Map<string, RawRecord[]>();
  let latest: RawRecord[] = [];
  for (const record of input.records) {
    const host = decodeRecord(decoder, record).events[0]?.host;
    if (host !== undefined) {
      latest = hosts.get(host) ?? [];
      hosts.set(host, latest);
    }
    latest.push(record);
  }
  const parts = Array.from({ length: Math.min(workers, hosts.size) }, () => ({
    bytes: 0,
    hosts: new Set<readonly RawRecord[]>(),
  }));
  for (const records of [...hosts.values()].toSorted((one, other) => sizeOf(other) - sizeOf(one))) {
    const least = parts.reduce((best, part) => (part.bytes < best.bytes ? part : best));
    least.bytes += sizeOf(records);
    least.hosts.add(records);
  }
  const partOf = new Map<RawRecord, number>();
  for (const [index, part] of parts.entries()) {
    for (const records of part.hosts) for (const record of records) partOf.set(record, index);
  }
  // In the order of the log, as a task reads them.
  return parts.map((_, index) =>
    shareOf(input.records.filter((record) => partOf.get(record) === index)),
  );
}

function sizeOf(records: readonly RawRecord[]): number {
  return records.reduce((sum, { payload }) => sum + (payload?.length ?? 0), 0);
}

function shareOf(records: readonly RawRecord[]): Share {
  const bytes = new Uint8Array(sizeOf(records));
  const ends = new Float64Array(records.length);
  const sourceOf = new Uint32Array(records.length);
  const offsets = new Float64Array(records.length);
  const sources = new Map<string, number>();
  let at = 0;
  for (const [index, { payload, position }] of records.entries()) {
    if (payload !== null) bytes.set(payload, at);
    at += payload?.length ?? 0;
    ends[index] = at;
    const source = sources.get(position.source) ?? sources.size;
    sources.set(position.source, source);
    sourceOf[index] = source;
    offsets[index] = position.offset;
  }
  return { bytes: bytes.buffer, ends, sources: [...sources.keys()], sourceOf, offsets };
}

/** What must be handed over, not copied. */
export function movables({ bytes, ends, sourceOf, offsets }: Share): ArrayBuffer[] {
  return [bytes, ends.buffer, sourceOf.buffer, offsets.buffer];
}

/** The part as an input again. */
export function inputOfShare({ bytes, ends, sources, sourceOf, offsets }: Share): BenchInput {
  let from = 0;
  const records = Array.from(ends, (end, index): RawRecord => {
    const payload = Buffer.from(bytes, from, end - from);
    from = end;
    const source = sources[sourceOf[index] ?? 0] ?? '';
    return { payload, position: { source, partition: 0, offset: offsets[index] ?? 0 } };
  });
  return heldInput(records, { cpuSeconds: 0, seconds: 0 }, undefined);
}
