import type { Failure } from '../base/failure.ts';
import type { Decoder } from '../decoders/decoder.ts';
import type { EventTime } from '../event/record.ts';
import type { OutgoingRecord, RecordTarget } from '../sinks/records/target.ts';
import { LINE_BYTES_MAX } from '../sources/lines.ts';
import { DecodeCounts, type Decoded } from './decoding.ts';
import { mergeFiles } from './merge.ts';
import { pacedBatches, type Pace } from './pace.ts';

/** What keeps records together: those of one host, those of one file, or nothing. */
export const PARTITIONINGS = ['host', 'file', 'none'] as const;
export type Partitioning = (typeof PARTITIONINGS)[number];

export interface ReplayOptions {
  readonly paths: readonly string[];
  readonly decoder: Decoder;
  readonly target: RecordTarget;
  readonly pace: Pace;
  readonly partitioning: Partitioning;
  /** How often the files are replayed, one time after the other. */
  readonly times: number;
  /** When it aborts, the replay ends where it stands, as if the files had ended there. */
  readonly signal: AbortSignal;
  /** A file that can not be read on ends there. */
  readonly onFailure: (failure: Failure) => void;
  readonly onProgress: (state: ReplayState) => void;
}

/** Where a replay stands. */
export interface ReplayState {
  /** What was read, whether it could be decoded or not; all of it is passed on, but for `tooLong`. */
  readonly counts: DecodeCounts;
  /** Records that were longer than a line may be, and so were not passed on: their end is missing. */
  readonly tooLong: number;
  /** Of this time through the files, before decompression. */
  readonly bytesRead: number;
  readonly timesDone: number;
  /** The newest event time of this time through the files. */
  readonly reached: EventTime | undefined;
  /** How long it pauses now until the next record is due, in ms. */
  readonly pauseMs: number;
}

/**
 * Delivers the records of files, merged by event time as a scan reads them, with their bytes unchanged, at a
 * multiple of their own event time. Event times are not shifted, by repeating neither.
 */
export async function replay(options: ReplayOptions): Promise<void> {
  const { target, pace, signal, onProgress, partitioning } = options;
  let state: ReplayState = {
    counts: new DecodeCounts(),
    tooLong: 0,
    bytesRead: 0,
    timesDone: 0,
    reached: undefined,
    pauseMs: 0,
  };
  const show = (changed: Partial<ReplayState>): void => {
    state = { ...state, ...changed };
    onProgress(state);
  };
  const keys = new Keys(partitioning);
  const onPause = async (pauseMs: number): Promise<void> => {
    await target.flush();
    show({ pauseMs });
  };
  while (state.timesDone < options.times && !signal.aborted) {
    pace.restart();
    show({ bytesRead: 0, reached: undefined });
    const batches = mergeFiles({ ...options, onBytes: (bytesRead) => show({ bytesRead }) });
    for await (const batch of pacedBatches(batches, pace, onPause)) {
      if (signal.aborted) return;
      const whole = batch.filter(isWhole);
      await target.write(whole.map((decoded) => outgoing(decoded, keys.of(decoded))));
      for (const decoded of batch) state.counts.add(decoded);
      show({
        tooLong: state.tooLong + batch.filter(isTooLong).length,
        reached: newest(batch, state.reached),
        pauseMs: 0,
      });
    }
    await target.flush();
    show({ timesDone: state.timesDone + 1 });
  }
}

// What a decoder put together from several records has been passed on as those.
function isWhole(decoded: Decoded): boolean {
  return decoded.record.payload !== null && decoded.isRest !== true && !isTooLong(decoded);
}

// A source keeps the beginning of a longer line; passed on, it would look like the whole.
function isTooLong({ record }: Decoded): boolean {
  return (record.payload?.length ?? 0) >= LINE_BYTES_MAX;
}

function outgoing({ record }: Decoded, key: string | undefined): OutgoingRecord {
  return { payload: record.payload ?? new Uint8Array(), key };
}

/** Names what keeps records together. A record that tells no host goes with the one before it in its file. */
class Keys {
  private readonly partitioning: Partitioning;
  private readonly hosts = new Map<string, string>();

  constructor(partitioning: Partitioning) {
    this.partitioning = partitioning;
  }

  of({ record, events }: Decoded): string | undefined {
    const { source } = record.position;
    if (this.partitioning !== 'host') return this.partitioning === 'file' ? source : undefined;
    const host = events[0]?.host;
    if (host === undefined) return this.hosts.get(source);
    this.hosts.set(source, host);
    return host;
  }
}

function newest(batch: readonly Decoded[], before: EventTime | undefined): EventTime | undefined {
  let time = before;
  for (const { events } of batch) {
    for (const event of events) if (time === undefined || event.time > time) time = event.time;
  }
  return time;
}
