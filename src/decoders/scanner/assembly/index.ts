// Scans one JSON object a call, in memory that belongs to this module alone. Compiled into `../module.ts`.
//
// Nothing is parsed. The scanner checks that the text is JSON, follows the names of its members from state to
// state (equal sequences of names and kinds end in one state, the record's layout), and tells of each member
// whose name is wanted which value it has, as a number that equal values share. Where members come in ever other
// orders, their set is the layout. Names and values that stood in
// the same place the time before are recognised by comparing them, without a hash.
//
// Whatever is unusual is refused, and JSON.parse must judge it.

import { equal } from './bytes';
import {
  arrayEnd,
  isHidden,
  literalEnd,
  numberEnd,
  setHidden,
  skipSpace,
  stringEnd,
} from './json';
import { ARRAY, FALSE, NULL, NUMBER, OBJECT, STRING, TRUE } from './kinds';
import {
  INPUT,
  INPUT_MAX,
  MEMBERS_MAX,
  MEMBER_ENDS,
  MEMBER_PATHS,
  MEMBER_STARTS,
  MEMBER_VALUES,
  OPEN_OBJECTS,
  STATES_MAX,
} from './memory';
import {
  internName,
  isPaused,
  isWanted,
  nameCount,
  nameHides,
  nameLength,
  namePointer,
  noteKnown,
  noteNew,
  resetNames,
  UNNAMED,
  wantName,
} from './names';
import { internSet, learnsOrder, NO_SET, resetSets, setCount, setMember } from './sets';
import {
  CROWDED_STATE,
  expectedName,
  forgetLastValues,
  lastValue,
  PATHS,
  rememberValue,
  resetStates,
  START,
  stateAfter,
  stateAfterEnd,
  stateBefore,
  stateKind,
  stateName,
  UNKNOWN_STATE,
} from './states';
import {
  CROWDED,
  internValue,
  LENGTH_MAX,
  resetValues,
  standsAt,
  valueLength,
  wasNew,
} from './values';

export {
  nameCount,
  nameLength,
  namePointer,
  setCount,
  setMember,
  stateBefore,
  stateKind,
  stateName,
  wantName,
};

/** The text is not what the scanner takes. */
const REFUSED: i32 = -1;
/** The tables of names and states are full: all numbers must be forgotten. */
const FULL: i32 = -2;
/** The tables of values are full: their numbers must be forgotten. */
const VALUES_FULL: i32 = -3;
/** The order of members was not met before. */
const UNKNOWN: i32 = -4;

/** Only where other records went. */
const KNOWN: u32 = 0;
/** From each object to its members, in whatever order. */
const FREE: u32 = 1;
/** Where no record went before. */
const LEARNED: u32 = 2;

/** Objects inside each other. */
const DEPTH_MAX: u32 = 16;

/** In place of a value's number: it is too long for one, or hardly any value of this name comes twice. */
const UNNUMBERED: u32 = CROWDED;

let finalState: u32 = 0;

/** Where the input goes. */
export function inputPointer(): usize {
  return INPUT;
}

/** Where of each member the number of its value stands after a scan; 0 where the name is not wanted. */
export function valuesPointer(): usize {
  return MEMBER_VALUES;
}

/** Where of each member the place of its value's first byte in the input stands; strings without quotes. */
export function startsPointer(): usize {
  return MEMBER_STARTS;
}

/** Where of each member the place behind its value's last byte stands. */
export function endsPointer(): usize {
  return MEMBER_ENDS;
}

/** The state in which the last scan ended; more than `STATES_MAX` by the number of a set where that is known. */
export function layout(): u32 {
  return finalState;
}

/** True if some text of the last scan can not be searched for by its bytes. */
export function hidesText(): bool {
  return isHidden();
}

/** Forgets all numbers of names and states; values too. */
export function reset(): void {
  resetNames();
  resetStates();
  resetSets();
  resetValues();
}

/** Forgets all numbers of values. */
export function forgetValues(): void {
  forgetLastValues();
  resetValues();
}

/** Scans the input; the number of its members, or why it can not. */
export function scan(length: u32): i32 {
  if (length > INPUT_MAX) return REFUSED;
  const names = nameCount();
  const count = walk(length, KNOWN);
  if (count !== UNKNOWN) return count;
  // With a new name it is a new layout, and else perhaps another order of members that are known.
  if (nameCount() !== names) return walk(length, LEARNED);
  const free = walk(length, FREE);
  if (free < 0) return free;
  const set = internSet(<u32>free);
  if (set === 0) return FULL;
  if (set === NO_SET) return REFUSED;
  if (learnsOrder(set)) return walk(length, LEARNED);
  finalState = STATES_MAX + set;
  return free;
}

/** From state to state through the input, as `way` says; the number of its members, or why it can not. */
function walk(length: u32, way: u32): i32 {
  const inputEnd = INPUT + <usize>length;
  v128.store(inputEnd, i8x16.splat(0));
  setHidden(false);
  let at = skipSpace(INPUT);
  if (load<u8>(at) !== 0x7b) return REFUSED;
  at = skipSpace(at + 1);
  let byte = load<u8>(at);
  let state: u32 = START;
  let object: u32 = PATHS;
  let depth: u32 = 1;
  let members: u32 = 0;
  let isEmpty = true;
  while (true) {
    if (byte === 0x22) {
      // The name, known by what followed here the time before, or by its hash.
      let name = way === FREE ? 0 : expectedName(state);
      at++;
      if (name !== 0 && equal(at, namePointer(name), nameLength(name) + 1)) {
        at += <usize>nameLength(name) + 1;
      } else {
        const nameEnd = stringEnd(at);
        if (nameEnd === 0) return REFUSED;
        name = internName(at, nameEnd);
        if (name === 0) return FULL;
        if (name === UNNAMED) return REFUSED;
        at = nameEnd + 1;
      }
      if (nameHides(name)) setHidden(true);
      if (load<u8>(at) !== 0x3a) {
        at = skipSpace(at);
        if (load<u8>(at) !== 0x3a) return REFUSED;
      }
      at = skipSpace(at + 1);
      const kind = kindOf(load<u8>(at));
      state = stateAfter(way === FREE ? object : state, name, kind, way !== KNOWN);
      if (state === 0) return FULL;
      if (state === UNKNOWN_STATE) return UNKNOWN;
      if (state === CROWDED_STATE || members === MEMBERS_MAX) return REFUSED;
      const place = <usize>members << 2;
      members++;
      store<u32>(MEMBER_PATHS + place, state);
      if (kind === OBJECT) {
        if (depth === DEPTH_MAX) return REFUSED;
        store<u32>(OPEN_OBJECTS + (<usize>depth << 2), object);
        object = state;
        depth++;
        store<u32>(MEMBER_VALUES + place, 0);
        at = skipSpace(at + 1);
        byte = load<u8>(at);
        isEmpty = true;
        continue;
      }
      const wanted = isWanted(name);
      let value: u32 = 0;
      let start = at;
      let end: usize;
      if (kind === STRING) {
        start++;
        const last = wanted ? lastValue(state) : 0;
        if (last !== 0 && standsAt(last, start)) {
          value = last;
          end = start + <usize>valueLength(last);
          noteKnown(name);
          at = end + 1;
        } else {
          const wasHidden = isHidden();
          setHidden(false);
          end = stringEnd(start);
          if (end === 0) return REFUSED;
          if (wanted) {
            value = numberOf(state, name, kind, start, end);
            if (value === 0) return VALUES_FULL;
          }
          if (wasHidden) setHidden(true);
          at = end + 1;
        }
      } else {
        if (kind === NUMBER) end = numberEnd(at);
        else if (kind === ARRAY) end = arrayEnd(at);
        else end = literalEnd(at, kind);
        if (end === 0) return REFUSED;
        if (wanted && kind <= ARRAY) {
          value = numberOf(state, name, kind, start, end);
          if (value === 0) return VALUES_FULL;
        }
        at = end;
      }
      store<u32>(MEMBER_VALUES + place, value);
      store<u32>(MEMBER_STARTS + place, <u32>(start - INPUT));
      store<u32>(MEMBER_ENDS + place, <u32>(end - INPUT));
      at = skipSpace(at);
      byte = load<u8>(at);
    } else if (byte !== 0x7d || !isEmpty) return REFUSED;
    // The ends of objects, and then a comma or the end.
    while (byte === 0x7d) {
      if (way !== FREE) {
        state = stateAfterEnd(state, way === LEARNED);
        if (state === 0) return FULL;
        if (state === UNKNOWN_STATE) return UNKNOWN;
      }
      at = skipSpace(at + 1);
      byte = load<u8>(at);
      if (--depth === 0) {
        if (at !== inputEnd) return REFUSED;
        finalState = state;
        return <i32>members;
      }
      object = load<u32>(OPEN_OBJECTS + (<usize>depth << 2));
    }
    if (byte !== 0x2c) return REFUSED;
    at = skipSpace(at + 1);
    byte = load<u8>(at);
    isEmpty = false;
  }
}

// @ts-ignore: decorator
@inline
function kindOf(byte: u8): u32 {
  if (byte === 0x22) return STRING;
  if (byte === 0x7b) return OBJECT;
  if (byte === 0x5b) return ARRAY;
  if (byte === 0x74) return TRUE;
  if (byte === 0x66) return FALSE;
  return byte === 0x6e ? NULL : NUMBER;
}

function numberOf(state: u32, name: u32, kind: u32, start: usize, end: usize): u32 {
  const length = <u32>(end - start);
  if (length > LENGTH_MAX || isPaused(name)) return UNNUMBERED;
  const value = internValue(start, length, kind, isHidden());
  if (value === 0 || value === CROWDED) return value;
  if (wasNew()) noteNew(name);
  else noteKnown(name);
  rememberValue(state, value);
  return value;
}
