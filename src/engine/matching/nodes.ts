import type { Match } from '../../language/tree.ts';
import type { Value } from '../../event/value.ts';
import type { Frame, Slot } from './frame.ts';
import { effortOfAll } from './effort.ts';
import { guessFrequency } from './guess.ts';
import { needlesOf } from './needle.ts';
import type { Needle } from './needle.ts';
import { compileMatch } from './value-test.ts';
import type { ValueTest } from './value-test.ts';

/**
 * A compiled expression. Leaves are shared by all rules that ask the same, and answer once per
 * event.
 */
export type Node = Conjunction | Disjunction | Negation | FieldLeaf | KeywordLeaf | PresenceLeaf;

/** What can be asked of an event on its own, without `and`, `or`, `not`. */
export type Leaf = FieldLeaf | KeywordLeaf | PresenceLeaf;

/** All of the operands; none of them is always true. */
export class Conjunction {
  readonly kind = 'and';
  readonly operands: readonly Node[];
  /** See `effortOfAll`; kept, because joins are joined. */
  readonly effort: number;
  // The operand that failed last is asked first: events that follow each other are alike.
  #failed = 0;

  constructor(operands: readonly Node[]) {
    this.operands = operands;
    this.effort = effortOfAll(operands);
  }

  holds(frame: Frame): boolean {
    const { operands } = this;
    if (operands[this.#failed]?.holds(frame) === false) return false;
    for (let index = 0; index < operands.length; index++) {
      if (index === this.#failed || operands[index]?.holds(frame) === true) continue;
      this.#failed = index;
      return false;
    }
    return true;
  }
}

/** Any of the operands; of none, never true. */
export class Disjunction {
  readonly kind = 'or';
  readonly operands: readonly Node[];
  /** See `effortOfAll`; kept, because joins are joined. */
  readonly effort: number;
  // The operand that held last is asked first: events that follow each other are alike.
  #held = 0;

  constructor(operands: readonly Node[]) {
    this.operands = operands;
    this.effort = effortOfAll(operands);
  }

  holds(frame: Frame): boolean {
    const { operands } = this;
    if (operands[this.#held]?.holds(frame) === true) return true;
    for (let index = 0; index < operands.length; index++) {
      if (index === this.#held || operands[index]?.holds(frame) === false) continue;
      this.#held = index;
      return true;
    }
    return false;
  }
}

/** The opposite of the operand. */
export class Negation {
  readonly kind = 'not';
  readonly operand: Node;

  constructor(operand: Node) {
    this.operand = operand;
  }

  holds(frame: Frame): boolean {
    return !this.operand.holds(frame);
  }
}

// Keywords are looked for in every value of the event.
const valuesOfEvent = 20;

/** Where a field is read. */
type SlotOf = (field: string) => Slot;

// Stands for needles that nobody has asked for yet.
const unknown: readonly Needle[] = [];

/**
 * A field, or any element of an array in it, satisfies a comparison. The test is compiled when a value
 * is first tested: most comparisons only ever stand in an index.
 */
export class FieldLeaf {
  readonly kind = 'field';
  readonly slot: Slot;
  readonly match: Match;
  readonly #slotOf: SlotOf;
  #test: ValueTest | undefined;
  #epoch = 0;
  #answer = false;
  #needles: readonly Needle[] | undefined = unknown;
  // Events that follow each other often have equal values.
  #lastValue: Value | undefined = undefined;
  #lastAccepted = false;
  #expected: number | undefined;

  constructor(slot: Slot, match: Match, slotOf: SlotOf) {
    this.slot = slot;
    this.match = match;
    this.#slotOf = slotOf;
  }

  /** Of these texts a value that satisfies the comparison contains at least one. */
  get needles(): readonly Needle[] | undefined {
    // Every program asks again, of the comparisons that it shares with others.
    if (this.#needles === unknown) this.#needles = needlesOf(this.match);
    return this.#needles;
  }

  /** A guess, before anything is measured. */
  get expectedFrequency(): number {
    return (this.#expected ??= guessFrequency(this.match, 1));
  }

  holds(frame: Frame): boolean {
    if (this.#epoch !== frame.epoch) {
      this.#epoch = frame.epoch;
      this.#answer = this.#ask(frame);
    }
    return this.#answer;
  }

  /** Tests one value alone. */
  accepts(value: Value, frame: Frame): boolean {
    if (!value.isShared || this.match.kind === 'fieldref') return this.#accepts(value, frame);
    if (value !== this.#lastValue) {
      this.#lastAccepted = this.#accepts(value, frame);
      this.#lastValue = value;
    }
    return this.#lastAccepted;
  }

  #accepts(value: Value, frame: Frame): boolean {
    if (!value.hasText) return false;
    return (this.#test ??= compileMatch(this.match, this.#slotOf))(value, frame);
  }

  #ask(frame: Frame): boolean {
    const { slot } = this;
    slot.load(frame);
    if (!slot.present) return false;
    if (slot.elements === undefined) return this.accepts(slot.single, frame);
    for (const element of slot.elements) if (this.accepts(element, frame)) return true;
    return false;
  }
}

/** Any value of the event satisfies a comparison. */
export class KeywordLeaf {
  readonly kind = 'keyword';
  readonly match: Match;
  readonly #slotOf: SlotOf;
  #test: ValueTest | undefined;
  #epoch = 0;
  #answer = false;
  #needles: readonly Needle[] | undefined = unknown;
  #expected: number | undefined;

  constructor(match: Match, slotOf: SlotOf) {
    this.match = match;
    this.#slotOf = slotOf;
  }

  /** Of these texts a value that satisfies the comparison contains at least one. */
  get needles(): readonly Needle[] | undefined {
    // Every program asks again, of the comparisons that it shares with others.
    if (this.#needles === unknown) this.#needles = needlesOf(this.match);
    return this.#needles;
  }

  /** A guess, before anything is measured. */
  get expectedFrequency(): number {
    return (this.#expected ??= guessFrequency(this.match, valuesOfEvent));
  }

  holds(frame: Frame): boolean {
    if (this.#epoch !== frame.epoch) {
      this.#epoch = frame.epoch;
      this.#answer = frame.values.some((value) => this.accepts(value, frame));
    }
    return this.#answer;
  }

  /** Tests one value alone. */
  accepts(value: Value, frame: Frame): boolean {
    if (this.match.kind === 'null') return value.text === undefined;
    if (value.text === undefined) return false;
    return (this.#test ??= compileMatch(this.match, this.#slotOf))(value, frame);
  }
}

/** Whether a field is there (`exists`), or absent or null. */
export class PresenceLeaf {
  readonly kind = 'presence';
  readonly slot: Slot;
  readonly asks: 'present' | 'empty';

  constructor(slot: Slot, asks: 'present' | 'empty') {
    this.slot = slot;
    this.asks = asks;
  }

  holds(frame: Frame): boolean {
    const { slot } = this;
    slot.load(frame);
    if (this.asks === 'present') return slot.present;
    if (!slot.present) return true;
    if (slot.elements === undefined) return slot.single.text === undefined;
    return slot.elements.some((element) => element.text === undefined);
  }
}
