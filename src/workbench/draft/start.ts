import { existsSync, readFileSync } from 'node:fs';

import { isJsonArray, isJsonObject, parseJson, valueAt } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { createAutoDecoder, findDecoder } from '../../decoders/index.ts';
import type { Decoder } from '../../decoders/decoder.ts';
import type { TelemetryEvent } from '../../event/event.ts';
import { decodeRecord } from '../../runtime/decoding.ts';
import { mergeFiles } from '../../runtime/merge.ts';

/** An event that a rule starts from, or why there is none. */
export type Start = { readonly event: TelemetryEvent } | { readonly problem: string };

/** The event of this line of a file of telemetry; lines count from 1. */
export async function eventAt(path: string, line: number, decoder: Decoder): Promise<Start> {
  for await (const batch of mergeFiles({ paths: [path], decoder })) {
    for (const { events } of batch) {
      for (const event of events) {
        if (event.origin.record.position.offset >= line) return { event };
      }
    }
  }
  return { problem: `${path}: no event at line ${line} or behind it` };
}

/** The main event of an alert document: read again where it was recorded, else from the alert itself. */
export async function eventOfAlert(path: string): Promise<Start> {
  const [line = ''] = readFileSync(path, 'utf8').split('\n', 1);
  const parsed = parseJson(line);
  const document = 'value' in parsed && isJsonObject(parsed.value) ? parsed.value : undefined;
  const evidence = document && valueAt(document, ['tidegate', 'evidence']);
  const [first] = evidence !== undefined && isJsonArray(evidence) ? evidence : [];
  if (first === undefined || !isJsonObject(first)) {
    return { problem: `${path}: no alert document with evidence in its first line` };
  }
  const file = valueAt(first, ['source', 'file']);
  const number = valueAt(first, ['source', 'line']);
  if (typeof file === 'string' && typeof number === 'number' && existsSync(file)) {
    return eventAt(file, number, createAutoDecoder());
  }
  return fromEvidence(first, path);
}

function fromEvidence(evidence: JsonObject, path: string): Start {
  const event = valueAt(evidence, ['event']);
  const time = valueAt(evidence, ['time']);
  const decoder = findDecoder('ecs');
  if (decoder === undefined || event === undefined || !isJsonObject(event)) {
    return { problem: `${path}: the alert does not hold its event` };
  }
  const text = JSON.stringify({ '@timestamp': time, ...event });
  const position = { source: path, partition: 0, offset: 1 };
  const decoded = decodeRecord(decoder, { payload: new TextEncoder().encode(text), position });
  const [made] = decoded.events;
  if (made !== undefined) return { event: made };
  const reason = decoded.problem?.reason ?? 'no event';
  return { problem: `${path}: its event can not be read (${reason}); use --from-events` };
}
