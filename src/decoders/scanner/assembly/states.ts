// States of the way through a record. From each, a step leads on: a member of a name and a kind, or the end of
// an object. So a state stands for all that came before it, and the last one for the layout of the record.
//
// From `PATHS` on, states are paths instead: steps lead from an object to its members, whatever their order.

import { STATES, STATES_MAX, STEP_SLOTS, STEP_SLOT_COUNT } from './memory';
import { END } from './kinds';

const PROBES_MAX: u32 = 64;

// A state: the step that was taken from it last (name, kind, where to), where the end of the object leads, the
// state before, the step from there (name, kind), and the value that its member had last.
const RECORD: u32 = 32;
const NEXT_NAME: usize = 0;
const NEXT_KIND: usize = 4;
const NEXT: usize = 8;
const AFTER_END: usize = 12;
const BEFORE: usize = 16;
const NAME: usize = 20;
const KIND: usize = 24;
const LAST_VALUE: usize = 28;

/** The state before any record. */
export const START: u32 = 0;
/** The path of the outermost object. */
export const PATHS: u32 = 1;

let states: u32 = 2;

export function resetStates(): void {
  memory.fill(STEP_SLOTS, 0, STEP_SLOT_COUNT << 4);
  memory.fill(STATES, 0, RECORD << 1);
  states = 2;
}

/** Forgets which values were last, when their numbers are given anew. */
export function forgetLastValues(): void {
  for (let state: u32 = 0; state < states; state++) rememberValue(state, 0);
}

// @ts-ignore: decorator
@inline
function recordOf(state: u32): usize {
  return STATES + <usize>(state * RECORD);
}

// @ts-ignore: decorator
@inline
export function expectedName(state: u32): u32 {
  return load<u32>(recordOf(state), NEXT_NAME);
}

// @ts-ignore: decorator
@inline
export function lastValue(state: u32): u32 {
  return load<u32>(recordOf(state), LAST_VALUE);
}

// @ts-ignore: decorator
@inline
export function rememberValue(state: u32, value: u32): void {
  store<u32>(recordOf(state), value, LAST_VALUE);
}

export function stateBefore(state: u32): u32 {
  return load<u32>(recordOf(state), BEFORE);
}

export function stateName(state: u32): u32 {
  return load<u32>(recordOf(state), NAME);
}

export function stateKind(state: u32): u32 {
  return load<u32>(recordOf(state), KIND);
}

/** In place of a state: where the step would be looked for, there are too many others. */
export const CROWDED_STATE: u32 = u32.MAX_VALUE;
/** In place of a state: the step was never taken, and is not to be learned. */
export const UNKNOWN_STATE: u32 = u32.MAX_VALUE - 1;

/** Where a member leads, or one of the numbers above; 0 when the tables are full. */
// @ts-ignore: decorator
@inline
export function stateAfter(state: u32, name: u32, kind: u32, learns: bool): u32 {
  const record = recordOf(state);
  if (load<u32>(record, NEXT_NAME) === name && load<u32>(record, NEXT_KIND) === kind) {
    return load<u32>(record, NEXT);
  }
  return findAfter(state, name, kind, learns);
}

/** Where the end of an object leads, or `UNKNOWN_STATE`; 0 when the tables are full. */
// @ts-ignore: decorator
@inline
export function stateAfterEnd(state: u32, learns: bool): u32 {
  const after = load<u32>(recordOf(state), AFTER_END);
  if (after !== 0) return after;
  return learns ? addAfterEnd(state) : UNKNOWN_STATE;
}

function addAfterEnd(state: u32): u32 {
  const after = addState(state, 0, END);
  store<u32>(recordOf(state), after, AFTER_END);
  return after;
}

function findAfter(state: u32, name: u32, kind: u32, learns: bool): u32 {
  const step = (<u64>state << 32) | (<u64>name << 4) | <u64>kind;
  const product = step * 0x9e3779b97f4a7c15;
  let slot = <u32>(product >> 40);
  for (let probe: u32 = 0; probe < PROBES_MAX; probe++) {
    slot &= STEP_SLOT_COUNT - 1;
    const place = STEP_SLOTS + (<usize>slot << 4);
    const known = load<u64>(place);
    let next: u32 = 0;
    if (known === step) next = load<u32>(place, 8);
    else if (known === 0) {
      if (!learns) return UNKNOWN_STATE;
      next = addState(state, name, kind);
      if (next === 0) return 0;
      store<u64>(place, step);
      store<u32>(place, next, 8);
    }
    if (next !== 0) {
      const record = recordOf(state);
      store<u32>(record, name, NEXT_NAME);
      store<u32>(record, kind, NEXT_KIND);
      store<u32>(record, next, NEXT);
      return next;
    }
    slot++;
  }
  return CROWDED_STATE;
}

function addState(before: u32, name: u32, kind: u32): u32 {
  if (states === STATES_MAX) return 0;
  const state = states++;
  const record = recordOf(state);
  memory.fill(record, 0, RECORD);
  store<u32>(record, before, BEFORE);
  store<u32>(record, name, NAME);
  store<u32>(record, kind, KIND);
  return state;
}
