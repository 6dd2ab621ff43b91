import { letterOf } from './letters.ts';
import type { Needle } from './needle.ts';

// Blocks of three letters, hashed to 14 bits: with fewer, one in fifty blocks of any text is mistaken
// for a needle's, and looking closer took as long as all the rest.
const blockLength = 3;
const blockCount = 2 ** 14;

interface Place {
  readonly run: Uint8Array;
  /** How many letters of the run the block begins behind. */
  readonly offset: number;
}

/**
 * Says whether any of some needles can stand in a text value of a JSON text, by its bytes and apart
 * from case. The JSON text must be plain (`TelemetryEvent.plainBytes`). It may be wrong in saying
 * yes, never in saying no.
 *
 * Of every few bytes one block is looked at: a needle of n letters has n - 2 blocks, so one block of
 * n - 2 that follow each other is its own. The step does not depend on what was read, other than
 * in `SkipSearch`, so that the processor reads ahead; on recorded events that halves the cost.
 */
export class ByteSearch {
  readonly #step: number;
  /** By block, where `#places` tells what it is a part of; 0 for most. */
  readonly #known = new Uint16Array(blockCount);
  readonly #places: Place[][] = [[]];

  constructor(runs: readonly Uint8Array[]) {
    this.#step = Math.min(...runs.map((run) => run.length)) - blockLength + 1;
    for (const run of runs) this.#add(run);
  }

  /** True if some needle may stand in these bytes. */
  finds(bytes: Uint8Array): boolean {
    const known = this.#known;
    const step = this.#step;
    const end = bytes.length - blockLength + 1;
    for (let at = step - 1; at < end; at += step) {
      const block = blockOf(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0);
      const number = known[block] ?? 0;
      if (number !== 0 && this.#standsAt(bytes, at, number)) return true;
    }
    return false;
  }

  #add(run: Uint8Array): void {
    for (let offset = 0; offset < this.#step; offset++) {
      const block = blockOf(run[offset] ?? 0, run[offset + 1] ?? 0, run[offset + 2] ?? 0);
      const number = this.#known[block] ?? 0;
      if (number === 0) this.#known[block] = this.#places.push([{ run, offset }]) - 1;
      else this.#places[number]?.push({ run, offset });
    }
  }

  #standsAt(bytes: Uint8Array, place: number, number: number): boolean {
    const places = this.#places[number] ?? [];
    for (let index = 0; index < places.length; index++) {
      const found = places[index];
      if (found !== undefined && beginsAt(bytes, place - found.offset, found.run)) return true;
    }
    return false;
  }
}

function beginsAt(bytes: Uint8Array, start: number, run: Uint8Array): boolean {
  for (let at = 0; at < run.length; at++) {
    // Bytes before the first and behind the last are no letters.
    if (letterOf(bytes[start + at] ?? 0) !== run[at]) return false;
  }
  return true;
}

/** The search for these needles, or undefined where a value's bytes may differ from its text. */
export function createByteSearch(needles: readonly Needle[]): ByteSearch | undefined {
  const runs = needles.map(({ units }) => longestRun(units));
  const isLong = runs.every((run) => run.length >= blockLength);
  return runs.length > 0 && runs.length <= runsMax && isLong ? new ByteSearch(runs) : undefined;
}

// With more, hardly a block is left that is in none of them.
const runsMax = 200;

/** The longest piece of a needle that JSON writes as it is. */
function longestRun(units: readonly number[]): Uint8Array {
  let best: readonly number[] = [];
  let run: number[] = [];
  for (const unit of units) {
    if (isPlain(unit)) run.push(letterOf(unit));
    else run = [];
    if (run.length > best.length) best = [...run];
  }
  return Uint8Array.from(best);
}

// A dash may stand for any dash, and the others are escaped by some writer of JSON.
function isPlain(unit: number): boolean {
  return unit >= 0x20 && unit < 0x7f && !escapable.has(unit);
}

const escapable: ReadonlySet<number> = new Set(
  ['"', '\\', '/', '-', '&', "'", '+', '<', '=', '>'].map((sign) => sign.charCodeAt(0)),
);

function blockOf(first: number, second: number, third: number): number {
  return ((classes[first] ?? 0) << 9) ^ ((classes[second] ?? 0) << 4) ^ (classes[third] ?? 0);
}

// Letters have classes of their own, the rest share six.
const classes = Uint8Array.from({ length: 256 }, (_, unit) => {
  const letter = letterOf(unit);
  return letter >= 0x61 && letter <= 0x7a ? letter - 0x61 : 26 + (letter % 6);
});
