import { once } from 'node:events';
import type { Writable } from 'node:stream';

import {
  countDelivered,
  nothingDelivered,
  type OutgoingRecord,
  type RecordTarget,
} from './target.ts';

const NEWLINE = Buffer.from('\n');

/** One record a line, as fast as the reader takes them. The stream stays open. */
export function openRecordStream(stream: Writable, name: string): RecordTarget {
  const delivered = nothingDelivered();
  return {
    name,
    delivered,
    async write(records: readonly OutgoingRecord[]): Promise<void> {
      if (records.length === 0) return;
      const lines = Buffer.concat(records.flatMap(({ payload }) => [payload, NEWLINE]));
      countDelivered(delivered, records);
      if (!stream.write(lines)) await once(stream, 'drain');
    },
    flush: (): Promise<void> => Promise.resolve(),
    [Symbol.asyncDispose]: (): Promise<void> => Promise.resolve(),
  };
}
