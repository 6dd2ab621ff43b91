import type { EventShape } from './shape.ts';
import { memberKinds } from './layout.ts';
import type { Layout, LayoutObject } from './layout.ts';

/** In place of a number: the events have no such field. */
export const ABSENT = -1;
/** In place of a number: the event must be asked. */
export const COMPUTED = -2;

/**
 * What events of one shape have in common that were scanned with one layout: where their fields stand. It
 * says of each field what `FieldEvent.get` would find, without an event.
 */
export class EventForm {
  readonly shape: EventShape;
  readonly data: LayoutObject;
  readonly whole: LayoutObject;
  readonly #layout: Layout;

  constructor(shape: EventShape, data: LayoutObject, whole: LayoutObject, layout: Layout) {
    this.shape = shape;
    this.data = data;
    this.whole = whole;
    this.#layout = layout;
  }

  /** The number of the field's value in the layout, `ABSENT` or `COMPUTED`. */
  place(name: string): number {
    const alias = this.shape.aliases.get(name);
    if (alias !== undefined) {
      if (alias.path === undefined) return COMPUTED;
      const place = this.#at(alias.isHeader === true ? this.whole : this.data, alias.path);
      if (place !== ABSENT) return place;
    }
    const own = this.#at(this.data, [name]);
    return own === ABSENT ? this.#elsewhere(name) : own;
  }

  #elsewhere(name: string): number {
    if (name === 'Computer') return COMPUTED;
    if (this.whole !== this.data) {
      const place = this.#at(this.whole, [name]);
      if (place !== ABSENT) return place;
    }
    if (name.includes('.')) {
      const path = name.split('.');
      const place = this.#at(this.data, path);
      return place === ABSENT && this.whole !== this.data ? this.#at(this.whole, path) : place;
    }
    return this.shape.hasSpacedNames && this.#hasSpaced(name) ? COMPUTED : ABSENT;
  }

  #at(object: LayoutObject, path: readonly string[]): number {
    let member: LayoutObject | number = object;
    for (const name of path) {
      // Arrays on the way are looked through.
      if (typeof member === 'number') {
        return this.#layout.kinds[member] === memberKinds.array ? COMPUTED : ABSENT;
      }
      const inner = member.members.get(name);
      if (inner === undefined) return ABSENT;
      member = inner;
    }
    // An object has the value of its `#text`, if any.
    return typeof member === 'number' ? member : this.#at(member, TEXT);
  }

  #hasSpaced(name: string): boolean {
    for (const known of this.data.members.keys()) {
      if (known.includes(' ') && known.replaceAll(' ', '') === name) return true;
    }
    return false;
  }
}

const TEXT: readonly string[] = ['#text'];

/** Forms of one layout. Layouts of records whose kind depends on a value have several; more are not kept. */
const FORMS_MAX = 64;

/** The form of events of this shape whose data and whole are these objects of the layout. */
export function formIn(
  layout: Layout,
  shape: EventShape,
  data: LayoutObject,
  whole: LayoutObject,
): EventForm | undefined {
  const { forms } = layout;
  for (const form of forms) {
    if (form.shape === shape && form.data === data && form.whole === whole) return form;
  }
  if (forms.length >= FORMS_MAX) return undefined;
  const form = new EventForm(shape, data, whole, layout);
  forms.push(form);
  return form;
}
