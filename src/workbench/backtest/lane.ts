import { createEngine, defaultLimits } from '../../engine/create.ts';
import type { Detection, Engine, EngineLimits, KeyPart } from '../../engine/engine.ts';
import { createMatcher } from '../../engine/matcher.ts';
import type { Decoder } from '../../decoders/decoder.ts';
import { createEnrichments } from '../../enrichment/index.ts';
import type { TelemetryEvent } from '../../event/event.ts';
import type { EventTime } from '../../event/record.ts';
import type { RuleSet } from '../../language/ruleset.ts';
import type { Policy } from '../../policy/policy.ts';
import { decodeRecord } from '../../runtime/decoding.ts';

/** An alert of a backtest, as it stood at the end. */
export interface PastAlert {
  readonly ruleId: string;
  readonly host: string;
  readonly key: readonly KeyPart[];
  readonly first: EventTime;
  last: EventTime;
  count: number;
  value: number | undefined;
}

/** The engine of production, over history: counts every alert of a rule set once. */
export class BacktestLane {
  readonly #alerts = new Map<string, PastAlert>();
  readonly #engine: Engine;
  readonly #emit = (detection: Detection): void => this.#take(detection);

  constructor(options: {
    readonly ruleSet: RuleSet;
    readonly policy: Policy;
    readonly decoder: Decoder;
    readonly limits?: Partial<EngineLimits>;
  }) {
    const { ruleSet, policy, decoder } = options;
    const enrichments = createEnrichments(policy);
    this.#engine = createEngine({
      ruleSet,
      matcher: createMatcher({ ruleSet, policy, enrichments }),
      enrichments,
      limits: { ...defaultLimits, ...options.limits },
      revive: (record, index) => decodeRecord(decoder, record).events[index],
    });
  }

  /** How many alerts there are so far. */
  get alerts(): number {
    return this.#alerts.size;
  }

  observe(events: readonly TelemetryEvent[]): void {
    this.#engine.observe(events, this.#emit);
  }

  /** Lets every open window see the end; returns all alerts in the order in which they began. */
  end(): readonly PastAlert[] {
    this.#engine.advance(Number.POSITIVE_INFINITY, this.#emit);
    return [...this.#alerts.values()].toSorted((a, b) => a.first - b.first);
  }

  #take(detection: Detection): void {
    const { rule, host, key, episodeStart, eventId, firstTime, lastTime, count, value } = detection;
    const id = JSON.stringify([rule.id, key, episodeStart ?? eventId]);
    const known = this.#alerts.get(id);
    if (known === undefined) {
      const alert = { ruleId: rule.id, host, key, first: firstTime, last: lastTime, count, value };
      this.#alerts.set(id, alert);
      return;
    }
    known.last = lastTime;
    known.count = count;
    known.value = value;
  }
}

/** The key of an alert in words: its group's values, or the host. */
export function keyInWords({ key, host }: Pick<PastAlert, 'key' | 'host'>): string {
  const named = key.map(({ value }) => value ?? '(none)').join('/');
  return named === '' ? host : named;
}
