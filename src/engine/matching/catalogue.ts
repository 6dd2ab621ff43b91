import type { Derivation, Enrichments } from '../../enrichment/enrichment.ts';
import type { FieldValue, TelemetryEvent } from '../../event/event.ts';
import type { Policy } from '../../policy/policy.ts';

// A derivation and those whose fields it needs. It runs once per event, and the event may come back
// later (in the ordered stage, or for an alert) when others have been seen in between.
interface Producer {
  readonly derivation: Derivation;
  readonly needs: Producer[];
  readonly done: WeakSet<TelemetryEvent>;
  current: TelemetryEvent | undefined;
}

/** The fields that enrichments compute; rules read these, and only these, from `event.derived`. */
export class Catalogue {
  readonly #producers = new Map<string, Producer[]>();
  readonly #ordered = new Set<string>();
  readonly #tracked = new Set<string>();
  readonly #policy: Policy;

  constructor(enrichments: Enrichments, policy: Policy) {
    this.#policy = policy;
    for (const tracker of enrichments.trackers) {
      for (const field of tracker.fields) {
        this.#ordered.add(field);
        this.#tracked.add(field);
        this.#producers.set(field, []);
      }
    }
    const all = enrichments.derivations.map((derivation): Producer => {
      return { derivation, needs: [], done: new WeakSet(), current: undefined };
    });
    for (const producer of all) {
      for (const field of producer.derivation.fields) {
        this.#tracked.delete(field);
        this.#producers.set(field, [...(this.#producers.get(field) ?? []), producer]);
      }
    }
    for (const producer of all) {
      producer.needs.push(
        ...producer.derivation.needs.flatMap((need) => this.#producers.get(need) ?? []),
      );
    }
    this.#spreadOrder(all);
  }

  /** True if an enrichment computes the field. */
  has(field: string): boolean {
    return this.#producers.has(field);
  }

  /** True if the field depends on a tracker, and so on the events before. */
  isOrdered(field: string): boolean {
    return this.#ordered.has(field);
  }

  /** True if a tracker writes the field, and nothing else does. */
  isTracked(field: string): boolean {
    return this.#tracked.has(field);
  }

  /** The value of a computed field; runs its derivation unless that ran for this event. */
  read(field: string, event: TelemetryEvent): FieldValue | undefined {
    for (const producer of this.#producers.get(field) ?? []) this.#run(producer, event);
    return event.derived.get(field);
  }

  /**
   * The computed fields that an alert shows of an event which a rule that reads these fields matched: what
   * trackers wrote, and all that the derivations say that the rule asks. Other rules may have asked for more,
   * or this one for less: that depends on what was seen before.
   */
  shownFields(read: Iterable<string>): readonly string[] {
    const shown = new Set(this.#tracked);
    for (const field of read) {
      for (const { derivation } of this.#producers.get(field) ?? []) {
        for (const each of derivation.fields) shown.add(each);
      }
      if (this.#producers.has(field)) shown.add(field);
    }
    return [...shown];
  }

  // Until nothing changes: a derivation may need another's field.
  #spreadOrder(producers: readonly Producer[]): void {
    for (let before = -1; before !== this.#ordered.size;) {
      before = this.#ordered.size;
      for (const { derivation } of producers) {
        if (!derivation.needs.some((need) => this.#ordered.has(need))) continue;
        for (const field of derivation.fields) this.#ordered.add(field);
      }
    }
  }

  #run(producer: Producer, event: TelemetryEvent): void {
    if (producer.current === event || producer.done.has(event)) return;
    // Marked first, so that derivations that need each other do not call each other for ever.
    producer.current = event;
    producer.done.add(event);
    for (const need of producer.needs) this.#run(need, event);
    producer.derivation.derive(event, this.#policy);
  }
}
