import type { Undelivered } from '../../event/record.ts';
import { UnpackError } from '../../kafka/substitute.ts';
import type { Fetched, TopicPartition } from './client.ts';

/**
 * Finds where a partition can be read again behind something that can not be decoded, and gives what
 * lies between as one refused range. Nobody says how long a damaged batch is, but a broker answers a
 * question for any of its offsets with the whole batch: so steps of doubling length find a readable
 * offset, and halving finds the first of them.
 */
export async function skipDamaged(damage: {
  readonly place: TopicPartition;
  readonly offset: number;
  readonly cause: unknown;
  readonly end: () => Promise<number>;
  readonly isReadable: (offset: number) => Promise<boolean>;
}): Promise<Fetched> {
  const { place, offset, cause, isReadable } = damage;
  const { topic, partition } = place;
  const end = await damage.end();
  let damaged = offset;
  let readable = end;
  for (let step = 1; offset + step < end; step *= 2) {
    if (await isReadable(offset + step)) {
      readable = offset + step;
      break;
    }
    damaged = offset + step;
  }
  while (readable - damaged > 1) {
    const middle = damaged + Math.floor((readable - damaged) / 2);
    if (await isReadable(middle)) readable = middle;
    else damaged = middle;
  }
  const next = Math.max(readable, offset + 1);
  const undelivered: Undelivered = { ...refusalOf(cause), lastOffset: next - 1 };
  const position = { source: topic, partition, offset };
  const records = [{ payload: null, undelivered, position }];
  return { topic, partition, from: offset, next, end, records, isCut: false };
}

function refusalOf(cause: unknown): Pick<Undelivered, 'reason' | 'detail'> {
  if (cause instanceof UnpackError && cause.refusal.reason !== 'postponed') return cause.refusal;
  return { reason: 'bad_batch', detail: cause instanceof Error ? cause.message : String(cause) };
}
