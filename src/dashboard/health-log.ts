import type { Health, HealthSample, PipelineReading } from './api/pipeline-shapes.ts';
import type { Pipeline } from './pipeline.ts';
import type { DashboardStore } from './store/store.ts';

const SAMPLE_EVERY_MS = 10_000;
/** An hour. */
const SAMPLES_MAX = 360;
/** The rate that is shown is that of the last two seconds. */
const RATE_EVERY_MS = 2_000;

/** Looks at the pipeline again and again, and remembers the last hour. */
export class HealthLog implements Disposable {
  readonly #pipeline: Pipeline;
  readonly #store: DashboardStore;
  readonly #now: () => number;
  readonly #samples: HealthSample[] = [];
  readonly #timer: NodeJS.Timeout;
  #rate = { at: 0, events: 0, perSecond: 0 };

  constructor(pipeline: Pipeline, store: DashboardStore, now: () => number) {
    this.#pipeline = pipeline;
    this.#store = store;
    this.#now = now;
    this.#rate = { at: now(), events: pipeline.reading().events, perSecond: 0 };
    this.#timer = setInterval(() => this.#look(), RATE_EVERY_MS);
    this.#timer.unref();
  }

  read(): Health {
    const reading = this.#pipeline.reading();
    return {
      ...reading,
      now: this.#now(),
      perSecond: this.#rate.perSecond,
      lagMs: this.#lag(reading),
      samples: this.#samples,
      store: { behind: this.#store.news.behind, trouble: this.#store.trouble ?? null },
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const reading = this.#pipeline.reading();
    const at = this.#now();
    const seconds = Math.max(1, at - this.#rate.at) / 1000;
    const perSecond = Math.max(0, Math.round((reading.events - this.#rate.events) / seconds));
    this.#rate = { at, events: reading.events, perSecond };
    const last = this.#samples.at(-1);
    if (last !== undefined && at - last.at < SAMPLE_EVERY_MS) return;
    this.#samples.push({
      at,
      perSecond,
      lagMs: this.#lag(reading),
      late: reading.late,
      refused: reading.refused.reduce((sum, { count }) => sum + count, 0),
      fullest: reading.fullest,
    });
    if (this.#samples.length > SAMPLES_MAX) this.#samples.shift();
  }

  // A recorded day lies in the past; how far says nothing about the pipeline.
  #lag({ mode, newestEvent }: PipelineReading): number | null {
    return mode !== 'run' || newestEvent === null ? null : Math.max(0, this.#now() - newestEvent);
  }
}
