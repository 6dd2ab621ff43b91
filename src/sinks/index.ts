import { assert } from '../base/assert.ts';
import { elasticsearch } from './elasticsearch/kind.ts';
import { kafka } from './kafka/kind.ts';
import { ndjson, stdout } from './ndjson.ts';
import type { PrimarySink, Sink, SinkContext, SinkKind, SinkSettings } from './sink.ts';
import { sqlite } from './sqlite.ts';
import { syslog } from './syslog.ts';
import { webhook } from './webhook.ts';

/** Every place that alerts can go to. */
export const sinkKinds: readonly SinkKind[] = [
  sqlite,
  elasticsearch,
  kafka,
  webhook,
  syslog,
  ndjson,
  stdout,
];

/** The kind of this name. */
export function sinkKind(name: string): SinkKind {
  const kind = sinkKinds.find((known) => known.name === name);
  assert(kind !== undefined, `no kind of sink is named ${name}`);
  return kind;
}

/** Opens a sink of this kind; the settings must have passed the kind's schema. */
export async function openSink(
  name: string,
  settings: SinkSettings,
  context: SinkContext = {},
): Promise<Sink> {
  return sinkKind(name).open(settings, context);
}

/** As `openSink`, for a kind that can be the primary one. */
export async function openPrimarySink(
  name: string,
  settings: SinkSettings,
  context: SinkContext = {},
): Promise<PrimarySink> {
  assert(sinkKind(name).canBePrimary, `${name} can not be the primary sink`);
  const sink = await openSink(name, settings, context);
  assert(isPrimary(sink), `${name} gives nothing back`);
  return sink;
}

function isPrimary(sink: Sink): sink is PrimarySink {
  return 'follow' in sink && typeof sink.follow === 'function';
}
