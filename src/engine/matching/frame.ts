import type { FieldValue, Scalar, TelemetryEvent } from '../../event/event.ts';
import type { Catalogue } from './catalogue.ts';
import { foldCase } from './case.ts';
import { isList, someScalar } from './values.ts';

/** One scalar of the event, with its text folded once however many predicates ask. */
export class Value {
  raw: Scalar = null;
  /** Canonical text; undefined for null. */
  text: string | undefined = undefined;
  #folded: string | undefined = undefined;

  set(raw: Scalar): void {
    this.raw = raw;
    this.text = typeof raw === 'string' ? raw : raw === null ? undefined : String(raw);
    this.#folded = undefined;
  }

  /** Case-folded text; only asked when there is text. */
  get folded(): string {
    return (this.#folded ??= foldCase(this.text ?? ''));
  }
}

/** A field of the event that is being judged, read once. */
export class Slot {
  readonly field: string;
  /** Computed by an enrichment, not sent by the sensor. */
  readonly derived: boolean;
  present = false;
  /** The field's value, when it is not an array. */
  readonly single: Value = new Value();
  /** The elements, when it is an array. */
  elements: readonly Value[] | undefined = undefined;
  #epoch = 0;
  readonly #catalogue: Catalogue;

  constructor(field: string, catalogue: Catalogue) {
    this.field = field;
    this.derived = catalogue.has(field);
    this.#catalogue = catalogue;
  }

  load(frame: Frame): void {
    if (this.#epoch === frame.epoch) return;
    this.#epoch = frame.epoch;
    const { event } = frame;
    const value = this.derived ? this.#catalogue.read(this.field, event) : event.get(this.field);
    this.present = value !== undefined;
    this.elements = undefined;
    if (value === undefined) return;
    if (isList(value)) this.elements = elementsOf(value);
    else this.single.set(value);
  }
}

/**
 * The event that is being judged. Predicates that were answered in this epoch keep their answer.
 */
export class Frame {
  event: TelemetryEvent;
  epoch = 1;
  #values: readonly Value[] | undefined = undefined;

  constructor(event: TelemetryEvent) {
    this.event = event;
  }

  begin(event: TelemetryEvent): void {
    this.event = event;
    this.epoch++;
    this.#values = undefined;
  }

  /** Every scalar of the event, for keywords. */
  get values(): readonly Value[] {
    if (this.#values === undefined) {
      const values: Value[] = [];
      this.event.someValue((scalar) => {
        values.push(valueOf(scalar));
        return false;
      });
      this.#values = values;
    }
    return this.#values;
  }
}

function elementsOf(list: FieldValue): readonly Value[] {
  const values: Value[] = [];
  someScalar(list, (scalar) => {
    values.push(valueOf(scalar));
    return false;
  });
  return values;
}

function valueOf(scalar: Scalar): Value {
  const value = new Value();
  value.set(scalar);
  return value;
}
