import type { DecodeReason } from '../../event/problem.ts';
import type { RawRecord, UndeliveredReason } from '../../event/record.ts';
import type { Decoded } from '../decoding.ts';

/** A record that could not be judged, and why: it goes to the dead letter. */
export interface Refused {
  readonly record: RawRecord;
  readonly problem: {
    readonly reason: DecodeReason | UndeliveredReason;
    readonly detail: string;
  };
}

/** Why the record was refused, by the source or by the decoder; undefined for one that was not. */
export function refusalOf({ record, problem }: Decoded): Refused | undefined {
  const { undelivered, payload } = record;
  if (undelivered !== undefined) return { record, problem: undelivered };
  if (problem === undefined || payload === null) return undefined;
  return { record, problem };
}
