// What a step from state to state means: a member of this kind, or the end of an object.

export const END: u32 = 0;
export const STRING: u32 = 1;
export const NUMBER: u32 = 2;
export const ARRAY: u32 = 3;
export const OBJECT: u32 = 4;
export const TRUE: u32 = 5;
export const FALSE: u32 = 6;
export const NULL: u32 = 7;
