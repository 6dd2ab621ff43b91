import { createHash } from 'node:crypto';

import { assert } from '../base/assert.ts';
import { createAlerts } from '../alert/alert.ts';
import { createRedactor } from '../alert/redaction.ts';
import type { Decoder } from '../decoders/decoder.ts';
import { createMatcher } from '../engine/matcher.ts';
import type { Logsource } from '../event/logsource.ts';
import type { RawRecord } from '../event/record.ts';
import { decodeRecord, DecodeCounts, type Decoded } from '../runtime/decoding.ts';
import { detect } from '../runtime/detect.ts';
import { restarted, type Detector } from '../runtime/detector.ts';
import { BATCH_RECORDS_MAX } from '../runtime/merge.ts';
import { CostSum, Stopwatch, type Cost } from './cpu.ts';
import type { BenchInput } from './input.ts';

/** What is measured: rules over an input. */
export interface Subject {
  readonly detector: Detector;
  readonly decoder: Decoder;
  readonly input: BenchInput;
}

/** The limit that everything is held against: each line to text and through JSON.parse, nothing else. */
export function parsePass({ input }: Subject): Cost {
  const watch = new Stopwatch();
  for (const line of input.lines) {
    try {
      JSON.parse(line.toString('utf8'));
    } catch {
      // A broken line costs what it costs, on both sides.
    }
  }
  return watch.lap();
}

/** Decoding alone. */
export interface DecodeCost extends Cost {
  readonly events: number;
  readonly refused: number;
}

/** Decodes record after record, and keeps none of the events. */
export function decodePass({ decoder, input }: Subject): DecodeCost {
  const counts = new DecodeCounts();
  const watch = new Stopwatch();
  for (const record of input.records) counts.add(decodeRecord(decoder, record));
  return { ...watch.lap(), events: counts.events, refused: counts.refusedTotal };
}

/** So many records are enough to know the routing, whose cost does not depend on what they hold. */
const ROUTED_RECORDS_MAX = 16_384;

/** CPU nanoseconds that it takes a matcher without rules to see that it has none for an event. */
export function routeNs({ detector, decoder, input }: Subject): number {
  const { policy, enrichments } = detector;
  const ruleSet = { detections: [], correlations: [], problems: [] };
  const noRules = createMatcher({ ruleSet, policy, enrichments });
  const route = new CostSum();
  let events = 0;
  let hits = 0;
  const hit = (): void => {
    hits += 1;
  };
  for (const records of batchesOf(input.records.slice(0, ROUTED_RECORDS_MAX))) {
    const batch = records.flatMap((record) => decodeRecord(decoder, record).events);
    const watch = new Stopwatch();
    for (const event of batch) noRules.match(event, 'arrival', hit);
    route.add(watch.lap());
    events += batch.length;
  }
  assert(hits === 0, 'a matcher without rules matched');
  return (route.cpuSeconds / events) * 1e9;
}

/** What it costs to make the programs of the input's log sources. */
export interface ProgramsCost {
  /** Of the first event: without it nothing can be judged. */
  readonly first: Cost;
  readonly others: Cost;
}

/** Makes the programs of the log sources in the order in which they come. Decoding is not measured. */
export function programsPass({ detector, decoder, input }: Subject): ProgramsCost {
  const sources = new Set<Logsource>();
  for (const record of input.records) {
    for (const { logsource } of decodeRecord(decoder, record).events) sources.add(logsource);
  }
  const [first, ...others] = sources;
  const watch = new Stopwatch();
  if (first !== undefined) detector.matcher.waits(first);
  const cost = watch.lap();
  for (const source of others) detector.matcher.waits(source);
  return { first: cost, others: watch.lap() };
}

/** Rules on single events, nothing remembered. */
export interface SigmaCost extends Cost {
  readonly matches: number;
}

/** Decodes each record and holds the rules that need nothing but the event against it, as it comes. */
export function sigmaPass({ detector, decoder, input }: Subject): SigmaCost {
  const { matcher } = detector;
  let matches = 0;
  const hit = (): void => {
    matches += 1;
  };
  const watch = new Stopwatch();
  for (const record of input.records) {
    for (const event of decodeRecord(decoder, record).events) matcher.match(event, 'arrival', hit);
  }
  return { ...watch.lap(), matches };
}

/** The whole product, with what was found. */
export interface ProductCost extends Cost {
  readonly decode: Cost;
  readonly alert: Cost;
  /** Every alert with its final count, in no order. */
  readonly found: readonly string[];
}

/** Decoding, order in event time, lineage, rules, windows and alert documents, by the code of a scan. */
export async function productPass(subject: Subject): Promise<ProductCost> {
  const { decoder, input } = subject;
  const detector = restarted(subject.detector, decoder);
  // The same key each time, so that redacted text is the same from round to round.
  const redactor = createRedactor(new Uint8Array(32));
  const decode = new CostSum();
  const alert = new CostSum();
  const found = new Map<string, number>();
  async function* batches(): AsyncGenerator<readonly Decoded[]> {
    for (const records of batchesOf(input.records)) {
      const watch = new Stopwatch();
      const batch = records.map((record) => decodeRecord(decoder, record));
      decode.add(watch.lap());
      yield await Promise.resolve(batch);
    }
  }
  const watch = new Stopwatch();
  await detect({
    detector,
    batches: batches(),
    counts: new DecodeCounts(),
    minimumLevel: 'low',
    onRefused: () => undefined,
    onDetections: (detections) => {
      const lap = new Stopwatch();
      for (const { id, state } of createAlerts(detections, { redactor })) {
        found.set(id, Math.max(found.get(id) ?? 0, state.version));
      }
      alert.add(lap.lap());
      return Promise.resolve();
    },
  });
  const cost = watch.lap();
  return { ...cost, decode, alert, found: [...found].map((entry) => entry.join(' ')) };
}

/** Equal digests mean equal findings. */
export function digestOf(found: readonly string[]): string {
  return createHash('sha256').update(found.toSorted().join('\n')).digest('hex');
}

function* batchesOf(records: readonly RawRecord[]): Generator<readonly RawRecord[]> {
  for (let at = 0; at < records.length; at += BATCH_RECORDS_MAX) {
    yield records.slice(at, at + BATCH_RECORDS_MAX);
  }
}
