import { memberKinds } from '../../event/layout.ts';
import type { Layout, LayoutObject } from '../../event/layout.ts';
import type { EventForm } from '../../event/event-form.ts';
import { Value } from '../../event/value.ts';
import type { Names } from './names.ts';
import type { ScannerModule } from './scanner-module.ts';

const END = 0;

const LITERALS: ReadonlyMap<number, Value> = new Map([
  [memberKinds.true, Value.of(true, true)],
  [memberKinds.false, Value.of(false, true)],
  [memberKinds.null, Value.of(null, true)],
]);

interface Step {
  readonly name: number;
  readonly kind: number;
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

  constructor(module: ScannerModule, state: number, names: Names) {
    this.#names = names;
    this.#age = names.age;
    const objects = [this.root];
    for (const { name, kind } of stepsTo(module, state)) {
      if (kind === END) {
        objects.pop();
        continue;
      }
      const text = names.text(name);
      const parent = objects.at(-1) ?? this.root;
      if (parent.members.has(text)) this.isRegular = false;
      if (kind === memberKinds.object) {
        const object: OpenObject = { members: new Map() };
        parent.members.set(text, object);
        objects.push(object);
      } else {
        parent.members.set(text, this.kinds.length);
        this.#add(name, text, kind);
      }
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
    if (constant === undefined && this.#names.isWanted(text)) this.wanted.push(this.kinds.length);
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

function stepsTo(module: ScannerModule, last: number): readonly Step[] {
  const steps: Step[] = [];
  for (let state = last; state !== 0; state = module.stateBefore(state)) {
    steps.push({ name: module.stateName(state), kind: module.stateKind(state) });
  }
  return steps.reverse();
}
