/**
 * Elements of the other field that a `fieldref` compares with. Two long arrays in one event would
 * else cost the product of their lengths, and both are their sender's to write.
 */
export const fieldrefElementsMax = 64;

/** Texts that one value of a rule may stand for, once its placeholders are filled in from lists. */
export const placeholderTextsMax = 20_000;

/** Characters that the value memos of one matcher hold together, about two bytes each. */
export const memoCharactersMax = 16_000_000;
