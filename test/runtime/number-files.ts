import type { Decoder } from '../../src/decoders/decoder.ts';
import type { TelemetryEvent } from '../../src/event/event.ts';
import type { Source } from '../../src/sources/source.ts';

/** A format of one number a line, the event's time; any other line is refused. */
export const numbers: Decoder = {
  name: 'numbers',
  description: 'one event time a line',
  sensors: [],
  decode(record, emit) {
    const text = new TextDecoder().decode(record.payload ?? undefined);
    if (!/^\d+$/.test(text)) return { reason: 'wrong_type', detail: text };
    emit({ time: Number(text) } as TelemetryEvent);
    return undefined;
  },
};

/** Opens files that are lists of lines, and knows how many were open at once. */
export function opener(files: Readonly<Record<string, readonly string[]>>): {
  readonly open: (options: { readonly path: string }) => Source;
  readonly mostOpen: () => number;
} {
  let isOpen = 0;
  let most = 0;
  const open = ({ path }: { readonly path: string }): Source => ({
    name: path,
    async *batches() {
      isOpen += 1;
      most = Math.max(most, isOpen);
      try {
        for (const [index, line] of (files[path] ?? []).entries()) {
          await Promise.resolve();
          const payload = new TextEncoder().encode(line);
          yield [{ payload, position: { source: path, partition: 0, offset: index + 1 } }];
        }
      } finally {
        isOpen -= 1;
      }
    },
    acknowledge: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
  return { open, mostOpen: () => most };
}
