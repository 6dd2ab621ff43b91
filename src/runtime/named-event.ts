import type {
  Activity,
  EcsDocument,
  EventOrigin,
  FieldValue,
  ProcessFacts,
  Scalar,
  TelemetryEvent,
} from '../event/event.ts';
import type { Logsource } from '../event/logsource.ts';
import type { EventTime, Position } from '../event/record.ts';

/** An event of a record that names only an address, as one of the host that its header names. */
export class NamedEvent implements TelemetryEvent {
  readonly host: string;
  readonly #event: TelemetryEvent;

  constructor(event: TelemetryEvent, host: string) {
    this.#event = event;
    this.host = host;
  }

  get id(): string {
    return this.#event.id;
  }

  get time(): EventTime {
    return this.#event.time;
  }

  get logsource(): Logsource {
    return this.#event.logsource;
  }

  get activity(): Activity {
    return this.#event.activity;
  }

  get sensor(): string {
    return this.#event.sensor;
  }

  get position(): Position {
    return this.#event.position;
  }

  get origin(): EventOrigin {
    return this.#event.origin;
  }

  get derived(): Map<string, FieldValue> {
    return this.#event.derived;
  }

  get(field: string): FieldValue | undefined {
    return field === 'Computer' ? this.host : this.#event.get(field);
  }

  someValue(visit: (value: Scalar) => boolean): boolean {
    return this.#event.someValue(visit);
  }

  process(): ProcessFacts | undefined {
    return this.#event.process();
  }

  document(): EcsDocument {
    const document = this.#event.document();
    const { host } = document;
    const known = typeof host === 'object' && host !== null && !Array.isArray(host) ? host : {};
    return { ...document, host: { ...known, name: this.host } };
  }
}
