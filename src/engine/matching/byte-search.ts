import { letterOf } from './letters.ts';
import type { Needle } from './needle.ts';
import { blockAt, blockLength, Probe } from './probe/probe.ts';

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
 * Of every few bytes one block is looked at: a needle of n letters has n - 3 blocks, so one block of
 * n - 3 that follow each other is its own. The step does not depend on what was read, other than
 * in `SkipSearch`, so that the processor reads ahead. Of a long needle those blocks are looked for that
 * have caused the fewest false alarms so far.
 */
export class ByteSearch {
  readonly #step: number;
  readonly #runs: readonly Uint8Array[];
  #probe: Probe;
  /** By number of a block, where it stands in needles. */
  readonly #places = new Map<number, Place[]>();
  /** By number of a block, how often it was found and its needle was not. */
  readonly #alarms = new Map<number, number>();
  #alarmsTotal = 0;
  #alarmsMax = 256;

  constructor(runs: readonly Uint8Array[]) {
    this.#step = Math.min(...runs.map((run) => run.length)) - blockLength + 1;
    this.#runs = runs;
    this.#probe = this.#choose();
  }

  /** True if some needle may stand in these bytes. */
  finds(bytes: Uint8Array): boolean {
    const step = this.#step;
    const found = this.#probe.some(bytes, { from: step - 1, step }, (at) => {
      return this.#standsAt(bytes, at);
    });
    if (this.#alarmsTotal >= this.#alarmsMax) {
      this.#alarmsMax = this.#alarmsTotal * 8;
      this.#probe = this.#choose();
    }
    return found;
  }

  #choose(): Probe {
    this.#places.clear();
    const sought = new Set<number>();
    for (const run of this.#runs) {
      const start = this.#quietest(run);
      for (let offset = start; offset < start + this.#step; offset++) {
        const block = blockAt(run, offset);
        sought.add(block);
        const known = this.#places.get(block);
        if (known === undefined) this.#places.set(block, [{ run, offset }]);
        else known.push({ run, offset });
      }
    }
    return new Probe(sought);
  }

  /** Where those blocks of the run begin that cause the fewest false alarms. */
  #quietest(run: Uint8Array): number {
    let best = 0;
    let fewest = Number.POSITIVE_INFINITY;
    for (let start = 0; start + this.#step + blockLength - 1 <= run.length; start++) {
      let alarms = 0;
      for (let offset = start; offset < start + this.#step; offset++) {
        alarms += this.#alarms.get(blockAt(run, offset)) ?? 0;
      }
      if (alarms < fewest) {
        fewest = alarms;
        best = start;
      }
    }
    return best;
  }

  #standsAt(bytes: Uint8Array, place: number): boolean {
    const block = blockAt(bytes, place);
    for (const { run, offset } of this.#places.get(block) ?? []) {
      if (beginsAt(bytes, place - offset, run)) return true;
    }
    this.#alarms.set(block, (this.#alarms.get(block) ?? 0) + 1);
    this.#alarmsTotal++;
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
  const runs = needles.map(longestRun);
  const isLong = runs.every((run) => run.length >= blockLength);
  return runs.length > 0 && runs.length <= runsMax && isLong ? new ByteSearch(runs) : undefined;
}

// With more, one in thirty blocks of any text is taken for another.
const runsMax = 1000;

/** The longest piece of a needle that JSON writes as it is. */
export function longestRun({ units }: Needle): Uint8Array {
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
