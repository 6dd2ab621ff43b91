import { memberKinds } from '../../event/layout.ts';
import type { Layout, LayoutObject } from '../../event/layout.ts';
import type { EventForm } from '../../event/event-form.ts';
import { Value } from '../../event/value.ts';
import type { Names } from './names.ts';
import { STATES_MAX } from './scanner-module.ts';
import type { ScannerModule } from './scanner-module.ts';

/** What a step means that ends an object. */
const END = 0;

const LITERALS: ReadonlyMap<number, Value> = new Map([
  [memberKinds.true, Value.of(true, true)],
  [memberKinds.false, Value.of(false, true)],
  [memberKinds.null, Value.of(null, true)],
]);

/** A member of a layout, by its number: of objects too. */
interface Member {
  readonly name: number;
  readonly kind: number;
  /** The number of the object that it is in, if it is not the outermost. */
  readonly parent: number | undefined;
}

interface OpenObject extends LayoutObject {
  readonly members: Map<string, LayoutObject | number>;
}

/** A layout, as the scanner's states tell it. */
export class ScannedLayout implements Layout {
  readonly root: OpenObject = { members: new Map() };
  readonly kinds: number[] = [];
  readonly facts: Map<object, unknown> = new Map();
  readonly forms: EventForm[] = [];
  /** By number of the value, what it is if its kind tells. */
  readonly constants: (Value | undefined)[] = [];
  /** False if an object has a name twice: of these, JSON.parse keeps the last. */
  isRegular = true;
  /** Numbers of the values that are read while scanning. */
  readonly wanted: number[] = [];
  readonly #numbers: number[] = [];
  readonly #names: Names;
  /** When the names had these numbers. */
  readonly #age: number;

  constructor(module: ScannerModule, number: number, names: Names) {
    this.#names = names;
    this.#age = names.age;
    const isSet = number >= STATES_MAX;
    const members = isSet ? membersOf(module, number - STATES_MAX) : membersOn(module, number);
    const objects = new Map<number, OpenObject>();
    for (const { name, kind, parent } of members) {
      const text = names.text(name);
      const around = parent === undefined ? this.root : (objects.get(parent) ?? this.root);
      if (around.members.has(text)) this.isRegular = false;
      if (kind === memberKinds.object) {
        const object: OpenObject = { members: new Map() };
        around.members.set(text, object);
        objects.set(this.kinds.length, object);
      } else {
        around.members.set(text, this.kinds.length);
      }
      this.#add(name, text, kind);
    }
  }

  path(value: number): readonly string[] {
    return pathIn(this.root, value) ?? [];
  }

  want(value: number): void {
    const text = this.path(value).at(-1);
    const number = this.#numbers[value];
    if (text === undefined || number === undefined) return;
    this.#names.want(text, number, this.#age);
    if (!this.wanted.includes(value)) this.wanted.push(value);
  }

  #add(name: number, text: string, kind: number): void {
    const constant = LITERALS.get(kind);
    const isRead = constant === undefined && kind !== memberKinds.object;
    if (isRead && this.#names.isWanted(text)) this.wanted.push(this.kinds.length);
    this.kinds.push(kind);
    this.#numbers.push(name);
    this.constants.push(constant);
  }
}

function pathIn(object: LayoutObject, value: number): readonly string[] | undefined {
  for (const [name, member] of object.members) {
    if (member === value) return [name];
    const inner = typeof member === 'number' ? undefined : pathIn(member, value);
    if (inner !== undefined) return [name, ...inner];
  }
  return undefined;
}

/** The members on the way to a state. */
function membersOn(module: ScannerModule, last: number): readonly Member[] {
  const states: number[] = [];
  for (let state = last; state !== 0; state = module.stateBefore(state)) states.push(state);
  const members: Member[] = [];
  const open: number[] = [];
  for (const state of states.reverse()) {
    const kind = module.stateKind(state);
    if (kind === END) {
      open.pop();
      continue;
    }
    const member = { name: module.stateName(state), kind, parent: open.at(-1) };
    if (kind === memberKinds.object) open.push(members.length);
    members.push(member);
  }
  return members;
}

/** The members of a set, objects before what is in them. */
function membersOf(module: ScannerModule, set: number): readonly Member[] {
  const numbers = new Map<number, number>();
  return Array.from({ length: module.setCount(set) }, (_, place) => {
    const path = module.setMember(set, place);
    numbers.set(path, place);
    const parent = numbers.get(module.stateBefore(path));
    return { name: module.stateName(path), kind: module.stateKind(path), parent };
  });
}
