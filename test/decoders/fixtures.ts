import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { Decoder } from '../../src/decoders/decoder.ts';
import { decoders } from '../../src/decoders/index.ts';
import type { TelemetryEvent } from '../../src/event/event.ts';
import type { RawRecord } from '../../src/event/record.ts';

const folder = resolve(import.meta.dirname, '../../fixtures');
const INPUT = /(?<!\.expected)\.ndjson$/;

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
      const expectedPath = path.replace(/\.ndjson$/, '.expected.ndjson');
      return { decoder, name: `${decoder.name}/${file}`, lines, expectedPath };
    });
  });
}

const encoder = new TextEncoder();

/** A line of a file as a record. */
export function recordOf(line: string, offset: number, source = '/fixtures/lines'): RawRecord {
  return { payload: encoder.encode(line), position: { source, partition: 0, offset } };
}

/** All that a decoder says of one line, as plain data. */
export function decodeLine(decoder: Decoder, line: string, offset: number): readonly unknown[] {
  const results: unknown[] = [];
  const problem = decoder.decode(recordOf(line, offset), (event) => {
    results.push({ line: offset, ...describeEvent(event) });
  });
  if (problem !== undefined) results.push({ line: offset, problem: problem.reason });
  return results;
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
