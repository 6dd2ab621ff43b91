import { engineReading } from '../dashboard/engine-reading.ts';
import { LoadedRules } from '../dashboard/loaded-rules.ts';
import type { Pipeline } from '../dashboard/pipeline.ts';
import type { EventTime } from '../event/record.ts';
import type { DecodeCounts } from '../runtime/decoding.ts';
import type { Detector } from '../runtime/detector.ts';
import { Metrics } from '../runtime/metrics.ts';

/** What the page learns from a replay in this process. */
export class DemoPipeline implements Pipeline {
  readonly #detector: Detector;
  readonly #counts: DecodeCounts;
  readonly #storePath: string;
  readonly #rules: LoadedRules;
  readonly #startedAt = Date.now();
  readonly #metrics: Metrics;
  #newest: EventTime | undefined;

  constructor(detector: Detector, counts: DecodeCounts, storePath: string) {
    this.#detector = detector;
    this.#counts = counts;
    this.#storePath = storePath;
    this.#rules = new LoadedRules(detector);
    this.#metrics = new Metrics({
      tasks: () => [{ source: 'demo', task: 0, statistics: detector.engine.statistics() }],
      inputs: () => [],
    });
  }

  reached(newest: EventTime | undefined): void {
    if (newest !== undefined) this.#newest = Math.max(newest, this.#newest ?? newest);
  }

  rules(): ReturnType<Pipeline['rules']> {
    return this.#rules.all();
  }

  ruleText(id: string): string | undefined {
    return this.#rules.text(id);
  }

  reading(): ReturnType<Pipeline['reading']> {
    const { engine, limits } = this.#detector;
    return {
      ...engineReading([engine.statistics()], limits),
      mode: 'demo',
      startedAt: this.#startedAt,
      events: this.#counts.events,
      newestEvent: this.#newest ?? null,
      refused: [...this.#counts.refused].map(([reason, count]) => ({ reason, count })),
      inputs: [],
      parts: [{ name: this.#storePath, kind: 'sqlite', trouble: null }],
      notReady: [],
    };
  }

  metrics(): Promise<string> {
    const { records, events, refused } = this.#metrics;
    for (const counter of [records, events, refused]) counter.reset();
    records.inc(this.#counts.records);
    events.inc(this.#counts.events);
    for (const [reason, count] of this.#counts.refused) refused.inc({ reason }, count);
    return this.#metrics.text();
  }
}
