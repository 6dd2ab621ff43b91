import { createByteSearch, longestRun } from './byte-search.ts';
import type { ByteSearch } from './byte-search.ts';
import type { Wanted } from './text-search.ts';
import { WrittenText } from './written-text.ts';

// Of a piece of so many letters, every second block of a text is looked at.
const runMin = 5;
const shortMax = 8;

interface Short {
  readonly text: WrittenText;
  readonly ids: Int32Array;
}

/**
 * Searches long texts as JSON wrote them, without making them: of most, their bytes say that hardly anything
 * that is looked for can be there. The bytes are those of a plain JSON text (`TelemetryEvent.plainBytes`).
 */
export class LongTexts {
  readonly #long: ByteSearch | undefined;
  /** What blocks of bytes can not be told of. */
  readonly #short: readonly Short[] | undefined;

  constructor(wanted: readonly Wanted[]) {
    const runs = wanted.map(({ needle, id }) => ({ needle, id, run: longestRun(needle) }));
    const long = runs.filter(({ run }) => run.length >= runMin);
    const short = runs.filter(({ run }) => run.length < runMin);
    this.#long = createByteSearch(long.map(({ needle }) => needle));
    const isKnown =
      (this.#long !== undefined || long.length === 0) &&
      short.length <= shortMax &&
      short.every(({ run }) => run.length > 0);
    if (!isKnown) return;
    this.#short = short.map(({ run, id }) => {
      return { text: new WrittenText([run]), ids: Int32Array.of(id) };
    });
  }

  /** Reports what may stand in these bytes, as a `TextSearch` does; false if the text must be searched. */
  scan(bytes: Uint8Array, report: (ids: Int32Array) => void): boolean {
    if (this.#short === undefined || this.#long?.finds(bytes) === true) return false;
    for (const { text, ids } of this.#short) if (text.standsIn(bytes) !== false) report(ids);
    return true;
  }
}
