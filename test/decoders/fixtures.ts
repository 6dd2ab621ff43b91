import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { Assembly } from '../../src/decoders/assembly.ts';
import type { Decoder } from '../../src/decoders/decoder.ts';
import { decoders } from '../../src/decoders/index.ts';
import type { TelemetryEvent } from '../../src/event/event.ts';
import type { RawRecord } from '../../src/event/record.ts';

const folder = resolve(import.meta.dirname, '../../fixtures');
const INPUT = /(?<!\.expected)\.(?:ndjson|log)$/;

/** Recorded-looking telemetry of one format, and the file that says what it decodes to. */
export interface Fixture {
  readonly decoder: Decoder;
  /** `sysmon/evtx.ndjson` */
  readonly name: string;
  readonly lines: readonly string[];
  readonly expectedPath: string;
}

/** The fixtures of every decoder that has a folder. */
export function fixtures(): readonly Fixture[] {
  return decoders.flatMap((decoder) => {
    const files = readdirSync(folder).includes(decoder.name)
      ? readdirSync(join(folder, decoder.name)).filter((file) => INPUT.test(file))
      : [];
    return files.map((file) => {
      const path = join(folder, decoder.name, file);
      const lines = readFileSync(path, 'utf8').replace(/\n$/, '').split('\n');
      const expectedPath = path.replace(/\.(?:ndjson|log)$/, '.expected.ndjson');
      return { decoder, name: `${decoder.name}/${file}`, lines, expectedPath };
    });
  });
}

const encoder = new TextEncoder();

/** A line of a file as a record. */
export function recordOf(line: string, offset: number, source = '/fixtures/lines'): RawRecord {
  return { payload: encoder.encode(line), position: { source, partition: 0, offset } };
}

/** An event of a line, as plain data, or why there is none. */
export interface DecodedLine {
  readonly line: number;
  readonly problem?: string;
}

/** All that a decoder says of one line, as plain data. */
export function decodeLine(decoder: Decoder, line: string, offset: number): readonly DecodedLine[] {
  return decodeRecords(decoder, [recordOf(line, offset)], undefined);
}

/** All that a decoder says of the lines of one log, in which an event may have several lines. */
export function decodeLines(decoder: Decoder, lines: readonly string[]): readonly DecodedLine[] {
  const assembly = new Assembly();
  const records = lines.map((line, index) => recordOf(line, index + 1));
  const results = decodeRecords(decoder, records, assembly);
  return [...results, ...decodeRecords(decoder, assembly.close(), undefined)];
}

function decodeRecords(
  decoder: Decoder,
  records: readonly RawRecord[],
  assembly: Assembly | undefined,
): readonly DecodedLine[] {
  const results: DecodedLine[] = [];
  for (const record of records) {
    const line = record.position.offset;
    const emit = (event: TelemetryEvent): void => {
      results.push({ line, ...describeEvent(event) });
    };
    const problem = decoder.decode(record, emit, assembly);
    if (problem !== undefined) results.push({ line, problem: problem.reason });
  }
  return results;
}

/** The events of a log's lines. */
export function eventsOf(decoder: Decoder, lines: readonly string[]): readonly TelemetryEvent[] {
  const events: TelemetryEvent[] = [];
  const assembly = new Assembly();
  const emit = (event: TelemetryEvent): void => {
    events.push(event);
  };
  lines.forEach((line, index) => decoder.decode(recordOf(line, index + 1), emit, assembly));
  for (const record of assembly.close()) decoder.decode(record, emit);
  return events;
}

function describeEvent(event: TelemetryEvent): object {
  const { product, categories, services } = event.logsource;
  return {
    index: event.origin.index,
    id: event.id,
    sensor: event.sensor,
    activity: event.activity,
    logsource: { product, categories, services },
    process: event.process(),
    document: event.document(),
  };
}
