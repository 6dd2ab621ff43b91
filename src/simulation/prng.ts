/**
 * Random numbers that are the same on every run. Forks are independent of how often their parent was
 * asked, so that a change in one part of a story leaves the other parts as they were.
 */
export interface Random {
  /** From 0 inclusive to 1 exclusive. */
  next(): number;
  /** An integer from `min` to `max`, both inclusive. */
  integer(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly [T, ...(readonly T[])]): T;
  /** That many lower-case hexadecimal digits. */
  hex(digits: number): string;
  fork(name: string): Random;
}

/** Starts a generator from a text; equal texts give equal numbers. */
export function createRandom(seed: string): Random {
  let state = digest(seed);
  const next = (): number => {
    // Mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty for a few thousand draws.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    integer,
    chance: (probability) => next() < probability,
    pick: (choices) => choices[Math.floor(next() * choices.length)] ?? choices[0],
    hex: (digits) => {
      let text = '';
      while (text.length < digits) text += integer(0, 0xffff_ffff).toString(16).padStart(8, '0');
      return text.slice(0, digits);
    },
    fork: (name) => createRandom(`${seed}/${name}`),
  };
}

/** FNV-1a over UTF-16 code units, finished with the avalanche of MurmurHash3. */
function digest(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
