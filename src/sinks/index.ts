import { openNdjsonFile, openNdjsonStream } from './ndjson.ts';
import { assert } from '../base/assert.ts';
import type { Sink, SinkKind } from './sink.ts';
import { openSqliteSink } from './sqlite.ts';

/** Every place that alerts can go to. */
export const sinkKinds: readonly SinkKind[] = [
  {
    name: 'sqlite',
    description: 'the embedded alert store, a file; the dashboard reads it',
    open: async (location) => openSqliteSink({ path: location }),
  },
  {
    name: 'ndjson',
    description: 'alert documents, one a line, in a file or (as -) on standard output',
    open: async (location) =>
      location === '-'
        ? openNdjsonStream(process.stdout, 'standard output')
        : openNdjsonFile(location),
  },
];

/** Opens a sink of this kind at a location. */
export async function openSink(name: string, location: string): Promise<Sink> {
  const kind = sinkKinds.find((known) => known.name === name);
  assert(kind !== undefined, `no kind of sink is named ${name}`);
  return kind.open(location);
}
