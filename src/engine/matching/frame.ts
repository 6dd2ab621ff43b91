import { ABSENT, COMPUTED } from '../../event/event-form.ts';
import type { EventForm } from '../../event/event-form.ts';
import type { FieldValue, TelemetryEvent } from '../../event/event.ts';
import type { ScannedRecord } from '../../event/scanned-record.ts';
import { Value } from '../../event/value.ts';
import type { Catalogue } from './catalogue.ts';
import { rememberedLengthMax } from './memo.ts';
import { isList, someScalar } from './values.ts';

/** A field of the event that is being judged, read once. */
export class Slot {
  readonly field: string;
  /** Number of the field among those that rules read, from 0. */
  readonly number: number;
  /** Computed by an enrichment, not sent by the sensor. */
  readonly derived: boolean;
  present = false;
  /** The field's value, when it is not an array. */
  single: Value;
  /** The elements, when it is an array. */
  elements: readonly Value[] | undefined = undefined;
  #epoch = 0;
  // For fields of events that were parsed, used again for each.
  readonly #own: Value = new Value(false);
  readonly #catalogue: Catalogue;

  constructor(field: string, number: number, catalogue: Catalogue) {
    this.field = field;
    this.number = number;
    this.derived = catalogue.has(field);
    this.single = this.#own;
    this.#catalogue = catalogue;
  }

  load(frame: Frame): void {
    if (this.#epoch === frame.epoch) return;
    this.#epoch = frame.epoch;
    const place = this.derived ? COMPUTED : frame.place(this);
    if (place === COMPUTED) this.#ask(frame.event);
    else if (place === ABSENT) this.present = false;
    else this.#take(frame.valueAt(place));
  }

  #take(value: Value): void {
    this.present = true;
    this.elements = value.elements;
    this.single = value;
  }

  #ask(event: TelemetryEvent): void {
    const value = this.derived ? this.#catalogue.read(this.field, event) : event.get(this.field);
    this.present = value !== undefined;
    this.elements = undefined;
    if (value === undefined) return;
    if (isList(value)) {
      this.elements = elementsOf(value);
    } else {
      this.single = this.#own;
      this.single.set(value);
    }
  }
}

// Beyond these, an attacker writes records of ever new forms.
const FORMS_MAX = 4096;

// In place of what a form says of a field, as long as it was not asked: what it says is more by two.
const UNASKED = 0;
const PLACES_FROM = 1 - COMPUTED;

/**
 * The event that is being judged. Predicates that were answered in this epoch keep their answer.
 */
export class Frame {
  event: TelemetryEvent;
  epoch = 1;
  #values: readonly Value[] | undefined = undefined;
  #form: EventForm | undefined = undefined;
  #record: ScannedRecord | undefined = undefined;
  #places: Int32Array = noPlaces;
  readonly #placesByForm = new Map<EventForm, Int32Array>();
  readonly #slots: readonly Slot[];

  /** A frame for fields of these slots, which may become more. */
  constructor(event: TelemetryEvent, slots: readonly Slot[]) {
    this.event = event;
    this.#slots = slots;
    this.begin(event);
  }

  begin(event: TelemetryEvent): void {
    this.event = event;
    this.epoch++;
    this.#values = undefined;
    const { form } = event;
    this.#record = form === undefined ? undefined : event.scanned;
    if (form === this.#form) return;
    this.#form = form;
    if (form !== undefined) this.#places = this.#placesOf(form);
  }

  /** Where the event has the slot's field: a number for `valueAt`, `ABSENT` or `COMPUTED`. */
  place(slot: Slot): number {
    const form = this.#form;
    if (form === undefined) return COMPUTED;
    const known = this.#places[slot.number] ?? UNASKED;
    return known === UNASKED ? this.#find(form, slot) : known - PLACES_FROM;
  }

  /** The value at a place that `place` named. */
  valueAt(place: number): Value {
    return this.#record?.value(place) ?? NO_VALUE;
  }

  /**
   * A long text as JSON wrote it, while nobody has made it, if it can be searched so: the record is plain
   * (`TelemetryEvent.plainBytes`).
   */
  longBytes(value: Value): Uint8Array | undefined {
    const isLong = value.unreadLength > rememberedLengthMax;
    return isLong && this.event.plainBytes !== undefined ? value.unreadText() : undefined;
  }

  /** The value of the slot's field if it stands in the record and equal ones share it. */
  sharedValue(slot: Slot): Value | undefined {
    if (slot.derived || this.#record === undefined) return undefined;
    const place = this.place(slot);
    if (place < 0) return undefined;
    const value = this.#record.value(place);
    return value.isShared ? value : undefined;
  }

  // Rules are compiled when a log source, an event or an alert first needs them; their fields are numbered
  // then, and a form that is remembered already has no places for them.
  #makeRoom(form: EventForm): void {
    if (this.#places === noPlaces) return;
    const places = new Int32Array(this.#slots.length);
    places.set(this.#places);
    this.#places = places;
    this.#placesByForm.set(form, places);
  }

  /** Every scalar of the event, for keywords. */
  get values(): readonly Value[] {
    if (this.#values === undefined) {
      const values: Value[] = [];
      this.event.someValue((scalar) => {
        values.push(Value.of(scalar));
        return false;
      });
      this.#values = values;
    }
    return this.#values;
  }

  #find(form: EventForm, slot: Slot): number {
    const place = form.place(slot.field);
    if (slot.number >= this.#places.length) this.#makeRoom(form);
    if (slot.number < this.#places.length) this.#places[slot.number] = place + PLACES_FROM;
    return place;
  }

  // The second event of a form makes it worth remembering.
  #placesOf(form: EventForm): Int32Array {
    let places = this.#placesByForm.get(form);
    if (places === undefined) {
      if (this.#placesByForm.size >= FORMS_MAX) this.#placesByForm.clear();
      places = noPlaces;
      this.#placesByForm.set(form, places);
    } else if (places === noPlaces) {
      places = new Int32Array(this.#slots.length);
      this.#placesByForm.set(form, places);
    }
    return places;
  }
}

const noPlaces = new Int32Array(0);
const NO_VALUE = Value.of(null, true);

function elementsOf(list: FieldValue): readonly Value[] {
  const values: Value[] = [];
  someScalar(list, (scalar) => {
    values.push(Value.of(scalar));
    return false;
  });
  return values;
}
