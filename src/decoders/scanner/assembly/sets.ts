// Sets of members, in whatever order records have them, numbered from 1. A member is known by its path: the
// state that its own name and kind and those of the objects around it lead to.

import {
  ARRANGED,
  MEMBER_ENDS,
  MEMBER_PATHS,
  MEMBER_STARTS,
  MEMBER_VALUES,
  PATH_PLACES,
  PLACES_TAKEN,
  SET_MEMBERS,
  SET_MEMBERS_END,
  SET_SLOTS,
  SET_SLOT_COUNT,
  SETS,
  SETS_MAX,
  STATES_MAX,
} from './memory';

const PROBES_MAX: u32 = 16;

/** Of a set that comes in more orders than these, orders are not learned. */
const ORDERS_MAX: u32 = 2;

// A set: the sum of its members' hashes, where they stand, how many they are, and how many of its orders were
// learned.
const RECORD: u32 = 16;
const MEMBERS: usize = 8;
const COUNT: usize = 12;
const ORDERS: usize = 14;

let sets: u32 = 1;
let membersEnd: usize = SET_MEMBERS;
/** The set whose places stand at `PATH_PLACES`, with a mark of its own. */
let placed: u32 = 0;
let mark: u32 = 0;
let records: u32 = 0;

export function resetSets(): void {
  memory.fill(SET_SLOTS, 0, SET_SLOT_COUNT << 1);
  memory.fill(PATH_PLACES, 0, STATES_MAX << 3);
  memory.fill(PLACES_TAKEN, 0, 0x1000);
  sets = 1;
  membersEnd = SET_MEMBERS;
  placed = 0;
  mark = 0;
  records = 0;
}

// @ts-ignore: decorator
@inline
function recordOf(set: u32): usize {
  return SETS + <usize>(set * RECORD);
}

export function setCount(set: u32): u32 {
  return <u32>load<u16>(recordOf(set), COUNT);
}

/** The path of the member at this place of the set. */
export function setMember(set: u32, place: u32): u32 {
  return <u32>load<u16>(<usize>load<u32>(recordOf(set), MEMBERS) + (<usize>place << 1));
}

/** True if one more order of this set is to be learned; it is counted. */
export function learnsOrder(set: u32): bool {
  const orders = <u32>load<u16>(recordOf(set), ORDERS);
  if (orders === ORDERS_MAX) return false;
  store<u16>(recordOf(set), <u16>(orders + 1), ORDERS);
  return true;
}

/** In place of a set: a member comes twice, or where it would be looked for there are too many others. */
export const NO_SET: u32 = u32.MAX_VALUE;

/** The number of the set of so many members at `MEMBER_PATHS`, or `NO_SET`; 0 when the tables are full. */
export function internSet(count: u32): u32 {
  let sum: u64 = 0;
  for (let member: u32 = 0; member < count; member++) sum += mixed(pathOf(member));
  let slot = <u32>(sum >> 32) ^ count;
  for (let probe: u32 = 0; probe < PROBES_MAX; probe++) {
    slot &= SET_SLOT_COUNT - 1;
    const place = SET_SLOTS + (<usize>slot << 1);
    const set = <u32>load<u16>(place);
    if (set === 0) return addSet(count, sum, place);
    const record = recordOf(set);
    if (load<u64>(record) === sum && setCount(set) === count && arrange(set)) return set;
    slot++;
  }
  return NO_SET;
}

// @ts-ignore: decorator
@inline
function pathOf(member: u32): u32 {
  return load<u32>(MEMBER_PATHS + (<usize>member << 2));
}

// @ts-ignore: decorator
@inline
function mixed(path: u32): u64 {
  const product = (<u64>path + 1) * 0x9e3779b97f4a7c15;
  return (product ^ (product >> 32)) * 0xd6e8feb86659fd93;
}

function addSet(count: u32, sum: u64, place: usize): u32 {
  if (sets === SETS_MAX || membersEnd + (<usize>count << 1) > SET_MEMBERS_END) return 0;
  const set = sets;
  const record = recordOf(set);
  store<u64>(record, sum);
  store<u32>(record, <u32>membersEnd, MEMBERS);
  store<u16>(record, <u16>count, COUNT);
  store<u16>(record, 0, ORDERS);
  for (let member: u32 = 0; member < count; member++) {
    store<u16>(membersEnd + (<usize>member << 1), <u16>pathOf(member));
  }
  if (!putPlaces(set)) return NO_SET;
  store<u16>(place, <u16>set);
  membersEnd += <usize>count << 1;
  sets++;
  return set;
}

/** Writes where each path stands in the set; false if one comes twice. */
function putPlaces(set: u32): bool {
  mark++;
  placed = set;
  const count = setCount(set);
  for (let at: u32 = 0; at < count; at++) {
    const place = PATH_PLACES + (<usize>setMember(set, at) << 3);
    if (load<u32>(place) === mark) return false;
    store<u32>(place, mark);
    store<u32>(place, at, 4);
  }
  return true;
}

/** Puts what was found of the members into the set's order; false if they are other members. */
function arrange(set: u32): bool {
  if (placed !== set) putPlaces(set);
  records++;
  const count = setCount(set);
  for (let member: u32 = 0; member < count; member++) {
    const place = PATH_PLACES + (<usize>pathOf(member) << 3);
    if (load<u32>(place) !== mark) return false;
    const to = <usize>load<u32>(place, 4) << 2;
    if (load<u32>(PLACES_TAKEN + to) === records) return false;
    store<u32>(PLACES_TAKEN + to, records);
    const from = <usize>member << 2;
    store<u32>(ARRANGED + to, load<u32>(MEMBER_VALUES + from));
    store<u32>(ARRANGED + to, load<u32>(MEMBER_STARTS + from), 0x1000);
    store<u32>(ARRANGED + to, load<u32>(MEMBER_ENDS + from), 0x2000);
  }
  const bytes = <usize>count << 2;
  memory.copy(MEMBER_VALUES, ARRANGED, bytes);
  memory.copy(MEMBER_STARTS, ARRANGED + 0x1000, bytes);
  memory.copy(MEMBER_ENDS, ARRANGED + 0x2000, bytes);
  return true;
}
