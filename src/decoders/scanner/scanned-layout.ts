import { memberKinds } from '../../event/layout.ts';
import type { Layout, LayoutObject } from '../../event/layout.ts';
import type { EventForm } from '../../event/event-form.ts';
import { readTextBytes } from '../../event/scanned-record.ts';
import { Value } from '../../event/value.ts';
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
  readonly paths: (readonly string[])[] = [];
  readonly facts: Map<object, unknown> = new Map();
  readonly forms: EventForm[] = [];
  /** By number of the value, what it is if its kind tells. */
  readonly constants: (Value | undefined)[] = [];
  /** False if an object has a name twice: of these, JSON.parse keeps the last. */
  isRegular = true;
  /** Numbers of the values that are read while scanning. */
  readonly wanted: number[] = [];
  readonly #names: number[] = [];
  readonly #module: ScannerModule;
  readonly #wantedNames: Set<string>;

  constructor(module: ScannerModule, state: number, wantedNames: Set<string>) {
    this.#module = module;
    this.#wantedNames = wantedNames;
    const objects = [this.root];
    const path: string[] = [];
    for (const { name, kind } of stepsTo(module, state)) {
      if (kind === END) {
        objects.pop();
        path.pop();
        continue;
      }
      const text = nameOf(module, name);
      const parent = objects.at(-1) ?? this.root;
      if (parent.members.has(text)) this.isRegular = false;
      if (kind === memberKinds.object) {
        const object: OpenObject = { members: new Map() };
        parent.members.set(text, object);
        objects.push(object);
        path.push(text);
      } else {
        parent.members.set(text, this.kinds.length);
        this.#add(name, kind, [...path, text]);
      }
    }
  }

  want(value: number): void {
    const name = this.paths[value]?.at(-1);
    const number = this.#names[value];
    if (name === undefined || number === undefined) return;
    this.#wantedNames.add(name);
    this.#want(value, number);
  }

  #add(name: number, kind: number, path: readonly string[]): void {
    const value = this.kinds.length;
    this.kinds.push(kind);
    this.paths.push(path);
    this.#names.push(name);
    this.constants.push(LITERALS.get(kind));
    if (this.#wantedNames.has(path.at(-1) ?? '')) this.#want(value, name);
  }

  #want(value: number, name: number): void {
    const isNew = !LITERALS.has(this.kinds[value] ?? END) && !this.wanted.includes(value);
    if (isNew) this.wanted.push(value);
    this.#module.wantName(name);
  }
}

function stepsTo(module: ScannerModule, last: number): readonly Step[] {
  const steps: Step[] = [];
  for (let state = last; state !== 0; state = module.stateBefore(state)) {
    steps.push({ name: module.stateName(state), kind: module.stateKind(state) });
  }
  return steps.reverse();
}

function nameOf(module: ScannerModule, name: number): string {
  const start = module.namePointer(name);
  const bytes = new Uint8Array(module.memory.buffer);
  return readTextBytes(bytes, start, start + module.nameLength(name));
}
