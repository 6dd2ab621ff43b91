import { isAtLeast } from '../alert/level.ts';
import type { Detection } from '../engine/engine.ts';
import type { Level } from '../language/tree.ts';
import type { Detector } from './detector.ts';
import type { DecodeCounts, Decoded, Refusal } from './decoding.ts';

export interface DetectOptions {
  readonly detector: Detector;
  readonly batches: AsyncIterable<readonly Decoded[]>;
  readonly counts: DecodeCounts;
  /** Told of every refused record, before the detections of its batch. */
  readonly onRefused: (refusal: Refusal) => void;
  /** Detections below it are not handed on; Sigma's informational rules alert nobody by default. */
  readonly minimumLevel: Level;
  /** Takes the detections of one batch; the next batch is read when it has resolved (backpressure). */
  readonly onDetections: (detections: readonly Detection[]) => Promise<void>;
  /** Called after each batch, with the time of its newest event. */
  readonly onBatch?: (newest: number | undefined) => Promise<void>;
  /** When it aborts, the run ends after the current batch as if the input had ended there. */
  readonly signal?: AbortSignal;
}

/** Runs one task from its first record to its last, then lets every open window see the end of the input. */
export async function detect(options: DetectOptions): Promise<void> {
  const { engine } = options.detector;
  let detections: Detection[] = [];
  const emit = (detection: Detection): void => {
    if (isAtLeast(detection.rule.level, options.minimumLevel)) detections.push(detection);
  };
  const deliver = async (): Promise<void> => {
    if (detections.length === 0) return;
    const batch = detections;
    detections = [];
    await options.onDetections(batch);
  };
  for await (const batch of options.batches) {
    let newest: number | undefined;
    for (const decoded of batch) {
      options.counts.add(decoded);
      const { record, problem } = decoded;
      if (problem !== undefined) options.onRefused({ record, problem });
      for (const event of decoded.events) {
        if (newest === undefined || event.time > newest) newest = event.time;
      }
    }
    engine.observe(
      batch.flatMap((decoded) => decoded.events),
      emit,
    );
    await deliver();
    await options.onBatch?.(newest);
    if (options.signal?.aborted === true) break;
  }
  engine.advance(Number.POSITIVE_INFINITY, emit);
  await deliver();
}
