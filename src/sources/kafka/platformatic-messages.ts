import type { RecordsBatch } from '@platformatic/kafka';

import type { Message } from './records.ts';

const IS_LOG_APPEND = 1 << 3;
const IS_CONTROL = 1 << 5;
const EMPTY = Buffer.alloc(0);

/** The messages of these batches from an offset on, and the offset that comes after them. */
export function messagesOf(
  batches: readonly RecordsBatch[],
  from: number,
): { readonly messages: readonly Message[]; readonly next: number } {
  const messages: Message[] = [];
  let next = from;
  for (const batch of batches) {
    const first = Number(batch.firstOffset);
    next = Math.max(next, first + batch.lastOffsetDelta + 1);
    if ((batch.attributes & IS_CONTROL) !== 0) continue;
    const recordTime =
      (batch.attributes & IS_LOG_APPEND) === 0 ? undefined : Number(batch.maxTimestamp);
    for (const { offsetDelta, key, value, headers } of batch.records) {
      const offset = first + offsetDelta;
      if (offset < from) continue;
      const named = headers.map(([name, text]) => [String(name ?? ''), text ?? EMPTY] as const);
      messages.push({ offset, key, value, headers: named, recordTime });
    }
  }
  return { messages, next };
}
