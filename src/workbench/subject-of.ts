import { Catalogue } from '../engine/matching/catalogue.ts';
import type { Subject } from '../engine/matching/reference.ts';
import { canonicalText } from '../engine/matching/values.ts';
import type { Enrichments } from '../enrichment/enrichment.ts';
import type { FieldValue, TelemetryEvent } from '../event/event.ts';
import type { Policy } from '../policy/policy.ts';

/** Events as rules see them: with the fields that enrichments compute. */
export class EventView {
  readonly #enrichments: Enrichments;
  readonly #catalogue: Catalogue;

  constructor(enrichments: Enrichments, policy: Policy) {
    this.#enrichments = enrichments;
    this.#catalogue = new Catalogue(enrichments, policy);
  }

  /** Lets trackers learn from the event, and gives what rules may ask of it. */
  next(event: TelemetryEvent): Subject {
    for (const tracker of this.#enrichments.trackers) {
      if (tracker.feeds(event)) tracker.observe(event);
      tracker.enrich(event);
    }
    return this.of(event);
  }

  /** The same for an event that trackers have seen. */
  of(event: TelemetryEvent): Subject {
    return {
      get: (field) =>
        this.#catalogue.has(field) ? this.#catalogue.read(field, event) : event.get(field),
      someValue: (visit) => event.someValue(visit),
    };
  }
}

/** The first scalar of a value as text; undefined where there is none. */
export function firstText(value: FieldValue | undefined): string | undefined {
  const one = Array.isArray(value) ? (value as readonly unknown[])[0] : value;
  if (typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean') {
    return canonicalText(one);
  }
  return undefined;
}
