import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { Assembly } from '../decoders/assembly.ts';
import type { Decoder } from '../decoders/decoder.ts';
import { createAutoDecoder, findDecoder } from '../decoders/index.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { RawRecord } from '../event/record.ts';
import { decodeRecord } from '../runtime/decoding.ts';
import type { ReadRecorded } from './test-events.ts';

/** Reads the recorded events that a test file names, from beside it. */
export function recordedBeside(testPath: string): ReadRecorded {
  return ({ path, format }) => {
    const decoder = format === 'auto' ? createAutoDecoder() : findDecoder(format);
    if (decoder === undefined) return `no decoder is called "${format}"`;
    const file = resolve(dirname(testPath), path);
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      return `${path}: no such file beside the test`;
    }
    const assembly = new Assembly();
    const events: TelemetryEvent[] = [];
    const records = text.split('\n').flatMap((line, index): readonly RawRecord[] => {
      const position = { source: file, partition: 0, offset: index + 1 };
      return line.trim() === '' ? [] : [{ payload: new TextEncoder().encode(line), position }];
    });
    const decode = (record: RawRecord): string | undefined => {
      const decoded = decodeRecord(decoder, record, assembly);
      if (decoded.problem !== undefined) {
        return `${path}:${String(record.position.offset)}: ${decoded.problem.reason}`;
      }
      for (const event of decoded.events) events.push(vouched(decoder, event));
      return undefined;
    };
    for (const record of records) {
      const problem = decode(record);
      if (problem !== undefined) return problem;
    }
    for (const record of assembly.close()) {
      for (const event of decodeRecord(decoder, record).events) {
        events.push(vouched(decoder, event));
      }
    }
    return events.length === 0 ? `${path}: no event in it` : events;
  };
}

// The record's time vouches for the event's, so that a recording may leap over days.
function vouched(decoder: Decoder, event: TelemetryEvent): TelemetryEvent {
  const { record, index } = event.origin;
  const { events } = decodeRecord(decoder, { ...record, recordTime: event.time });
  return events[index] ?? event;
}
