import { openNdjsonFile, openNdjsonStream } from './ndjson.ts';
import type { SinkKind } from './sink.ts';
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
