// Where everything lies in the module's memory. All sizes are fixed: what does not fit makes the scanner say
// `FULL`, and everything is forgotten.

/** Members of one record, those of objects inside it too. */
export const MEMBERS_MAX: u32 = 1024;
/** By member: the number of its value, where its first byte stands, and where it ends. */
export const MEMBER_VALUES: usize = 0x1000;
export const MEMBER_STARTS: usize = 0x2000;
export const MEMBER_ENDS: usize = 0x3000;
/** Where these three are put into another order. */
export const ARRANGED: usize = 0x4000;
/** By member, its path. */
export const MEMBER_PATHS: usize = 0x7000;
/** By place in a set, the last record that had a member for it. */
export const PLACES_TAKEN: usize = 0x8000;
/** By depth, the path of the object that is open there. */
export const OPEN_OBJECTS: usize = 0x9000;

/** Bytes of the longest record. Behind it lie 64 bytes that may be read, never counted. */
export const INPUT_MAX: u32 = 0x100000;
export const INPUT: usize = 0x10000;

/** Names: a table of hashes, the names by number, and their bytes. */
export const NAMES_MAX: u32 = 0x2000;
export const NAME_SLOTS: usize = 0x120000;
export const NAME_SLOT_COUNT: u32 = 0x4000;
export const NAMES: usize = 0x128000;
export const NAME_BYTES: usize = 0x150000;
export const NAME_BYTES_END: usize = 0x1d0000;

/** States: by number, and a table of the steps between them. */
export const STATES_MAX: u32 = 0x10000;
export const STATES: usize = 0x200000;
export const STEP_SLOTS: usize = 0x400000;
export const STEP_SLOT_COUNT: u32 = 0x20000;

/** Values: by number, a table of hashes, and their bytes. */
export const VALUES_MAX: u32 = 0x10000;
export const VALUES: usize = 0x600000;
export const VALUE_SLOTS: usize = 0x680000;
export const VALUE_SLOT_COUNT: u32 = 0x20000;
export const VALUE_BYTES: usize = 0x780000;
export const VALUE_BYTES_END: usize = 0xf80000;

/** Sets of members: by number, a table of hashes, where each path stands in the set that was used last, and
 * their members. */
export const SETS_MAX: u32 = 0x1000;
export const SETS: usize = 0xf80000;
export const SET_SLOTS: usize = 0xf90000;
export const SET_SLOT_COUNT: u32 = 0x2000;
export const PATH_PLACES: usize = 0xfa0000;
export const SET_MEMBERS: usize = 0x1020000;
export const SET_MEMBERS_END: usize = 0x10a0000;
