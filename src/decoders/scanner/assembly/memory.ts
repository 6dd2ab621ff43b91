// Where everything lies in the module's memory. All sizes are fixed: what does not fit makes the scanner say
// `FULL`, and everything is forgotten.

/** Members of one record that are no objects. */
export const MEMBERS_MAX: u32 = 1024;
/** By member: the number of its value, where its first byte stands, and where it ends. */
export const MEMBER_VALUES: usize = 0x1000;
export const MEMBER_STARTS: usize = 0x2000;
export const MEMBER_ENDS: usize = 0x3000;

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
export const STATES_MAX: u32 = 0x8000;
export const STATES: usize = 0x200000;
export const STEP_SLOTS: usize = 0x300000;
export const STEP_SLOT_COUNT: u32 = 0x10000;

/** Values: by number, a table of hashes, and their bytes. */
export const VALUES_MAX: u32 = 0x10000;
export const VALUES: usize = 0x400000;
export const VALUE_SLOTS: usize = 0x480000;
export const VALUE_SLOT_COUNT: u32 = 0x20000;
export const VALUE_BYTES: usize = 0x580000;
export const VALUE_BYTES_END: usize = 0xd80000;
