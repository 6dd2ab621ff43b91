/** What a text holds of base64: measures, never the content. */
export interface Base64Measures {
  /** How many separate runs. */
  readonly runs: number;
  /** Characters in all runs, and in the longest. */
  readonly characters: number;
  readonly longest: number;
  /** Bytes that they decode to. */
  readonly bytes: number;
  /** Shannon entropy of the characters of all runs, in bits; 6 is the most that base64 can have. */
  readonly entropy: number;
  /** Where the first runs stand, for who wants to decode them. */
  readonly spans: readonly (readonly [from: number, to: number])[];
}

const SPANS_MAX = 16;

// Shorter ones are words, file names, keys and short digests more often than data.
const RUN_CHARACTERS_MIN = 40;
// PowerShell's UTF-16 text is almost half "A" and still above 3; random bytes come close to 6.
const ENTROPY_MIN = 3;
// Random base64 changes between upper case, lower case and digits at two of three characters; words seldom do.
const CHANGES_SHARE_MIN = 0.3;
// Five lower case letters in a row begin at one of a hundred places of random base64, but fill words.
const WORD_LENGTH_MIN = 5;
const WORDS_SHARE_MAX = 0.3;
// A slash is one of 64 characters of base64, and one of about eight of a path.
const SLASHES_SHARE_MAX = 1 / 16;
const SLASHES_FREE = 1;
// Most of random base64 is beyond the digits of hexadecimal; identifiers join such digits with - and _.
const BEYOND_HEX_SHARE_MIN = 1 / 4;
// Honest values of known size: signed tokens, public keys, integrity digests.
const TOKEN_CHARACTERS_MAX = 4096;
/** `{"` in base64. */
const TOKEN_HEAD = 'eyJ';
const PUBLIC_KEY_CHARACTERS_MAX = 1024;
const DIGEST_CHARACTERS_MAX = 100;

const PUBLIC_KEYS: readonly string[] = ['AAAAB3NzaC1', 'AAAAC3NzaC1', 'AAAAE2VjZHNh'];
const DIGESTS: readonly string[] = ['sha1', 'sha256', 'sha384', 'sha512'];

const OTHER = 0;
const UPPER = 1;
const LOWER = 2;
const DIGIT = 3;
/** `+` and `/`, of the standard alphabet. */
const STANDARD = 4;
/** `-` and `_`, of the alphabet for URLs. */
const URL_SAFE = 5;

/** What random base64 always holds. */
const DATA_KINDS = (1 << UPPER) | (1 << LOWER) | (1 << DIGIT);

const SLASH = 47;
const PLUS = 43;
const PERCENT = 37;
const DOT = 46;

const KINDS: Uint8Array = kindTable();

/** Measures the base64 of a text in one pass; undefined when there is none. */
export function measureBase64(text: string): Base64Measures | undefined {
  let meter: Meter | undefined;
  const isSimple = !text.includes('%') && !text.includes(TOKEN_HEAD);
  let at = isSimple ? longRunStart(text, 0) : 0;
  while (at < text.length) {
    const end = runEnd(text, at);
    if (end === at) {
      at += 1;
      continue;
    }
    const token = isSimple ? undefined : tokenEnd(text, at, end);
    if (token === undefined && end - at >= RUN_CHARACTERS_MIN) {
      meter ??= new Meter(text);
      meter.take(at, end);
    }
    at = isSimple ? longRunStart(text, end) : (token ?? end);
  }
  return meter?.measures();
}

/**
 * Where the next run of enough characters begins, or the end of the text. Such a run stands at one
 * of every so many places, and only these are looked at; for texts without escapes and tokens,
 * whose short runs mean nothing.
 */
function longRunStart(text: string, from: number): number {
  let at = from + RUN_CHARACTERS_MIN - 1;
  while (at < text.length) {
    if (kindAt(text, at) === OTHER) {
      at += RUN_CHARACTERS_MIN;
      continue;
    }
    let start = at;
    while (start > from && kindAt(text, start - 1) !== OTHER) start -= 1;
    const end = runEnd(text, at);
    if (end - start >= RUN_CHARACTERS_MIN) return start;
    at = end + RUN_CHARACTERS_MIN;
  }
  return text.length;
}

class Meter {
  readonly #text: string;
  /** How often each character stands in the runs. */
  readonly #counts: Uint32Array = new Uint32Array(128);
  readonly #spans: (readonly [number, number])[] = [];
  #runs = 0;
  #characters = 0;
  #longest = 0;
  #bytes = 0;

  constructor(text: string) {
    this.#text = text;
  }

  // Both alphabets in one stretch: a path, or data beside one. Whichever reading holds more data counts.
  take(start: number, end: number): void {
    const asStandard = this.#pieces(start, end, URL_SAFE);
    const asUrlSafe = this.#pieces(start, end, STANDARD);
    const better = total(asUrlSafe) > total(asStandard) ? asUrlSafe : asStandard;
    // Most long runs are paths and hold no data, so that this is seldom asked.
    if (better.length === 0 || isExempt(this.#text, start, end)) return;
    for (const [from, to] of better) this.#add(from, to);
  }

  measures(): Base64Measures | undefined {
    if (this.#runs === 0) return undefined;
    return {
      runs: this.#runs,
      characters: this.#characters,
      longest: this.#longest,
      bytes: this.#bytes,
      entropy: Math.round(entropy(this.#counts, this.#characters) * 100) / 100,
      spans: this.#spans,
    };
  }

  #pieces(start: number, end: number, separator: number): readonly (readonly [number, number])[] {
    const pieces: (readonly [number, number])[] = [];
    let from = start;
    for (let at = start; at <= end; at += 1) {
      const isCut = at === end || kindAt(this.#text, at) === separator;
      if (!isCut) continue;
      if (at - from >= RUN_CHARACTERS_MIN && this.#isData(from, at)) pieces.push([from, at]);
      from = at + 1;
    }
    return pieces;
  }

  #isData(start: number, end: number): boolean {
    const seen = { characters: 0, changes: 0, words: 0, slashes: 0, beyondHex: 0, kinds: 0 };
    let before = OTHER;
    let lowerRun = 0;
    for (let at = start; at < end; at += 1) {
      const code = this.#text.charCodeAt(at);
      const kind = kindAt(this.#text, at);
      const symbol = code === PERCENT ? decodedSlashOrPlus(this.#text, at) : code;
      if (code === PERCENT) at += 2;
      seen.kinds |= 1 << kind;
      seen.characters += 1;
      if (before !== OTHER && kind !== before) seen.changes += 1;
      if (symbol === SLASH) seen.slashes += 1;
      if (kind !== URL_SAFE && !isHex(symbol)) seen.beyondHex += 1;
      lowerRun = kind === LOWER ? lowerRun + 1 : 0;
      if (lowerRun === WORD_LENGTH_MIN) seen.words += WORD_LENGTH_MIN;
      else if (lowerRun > WORD_LENGTH_MIN) seen.words += 1;
      before = kind;
    }
    const { characters } = seen;
    return (
      characters >= RUN_CHARACTERS_MIN &&
      (seen.kinds & DATA_KINDS) === DATA_KINDS &&
      seen.changes >= characters * CHANGES_SHARE_MIN &&
      seen.words <= characters * WORDS_SHARE_MAX &&
      seen.slashes <= SLASHES_FREE + characters * SLASHES_SHARE_MAX &&
      seen.beyondHex >= characters * BEYOND_HEX_SHARE_MIN &&
      this.#entropyOf(start, end) >= ENTROPY_MIN
    );
  }

  #entropyOf(start: number, end: number): number {
    const counts = new Uint32Array(128);
    return entropy(counts, this.#count(start, end, counts));
  }

  #add(start: number, end: number): void {
    const characters = this.#count(start, end, this.#counts);
    this.#runs += 1;
    if (this.#spans.length < SPANS_MAX) this.#spans.push([start, end]);
    this.#characters += characters;
    this.#longest = Math.max(this.#longest, characters);
    this.#bytes += Math.floor((characters * 3) / 4);
  }

  /** Adds the characters to the counts; returns how many they are. */
  #count(start: number, end: number, counts: Uint32Array): number {
    let characters = 0;
    for (let at = start; at < end; at += 1) {
      const code = this.#text.charCodeAt(at);
      const symbol = code === PERCENT ? decodedSlashOrPlus(this.#text, at) : code;
      if (code === PERCENT) at += 2;
      counts[symbol] = (counts[symbol] ?? 0) + 1;
      characters += 1;
    }
    return characters;
  }
}

function runEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && kindAt(text, at) !== OTHER) {
    at += text.charCodeAt(at) === PERCENT ? 3 : 1;
  }
  return at;
}

// In a URL "+" and "/" of base64 may be written %2B and %2F; they do not end a run.
function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === PERCENT) return decodedSlashOrPlus(text, at) === 0 ? OTHER : STANDARD;
  return code < 128 ? (KINDS[code] ?? OTHER) : OTHER;
}

function decodedSlashOrPlus(text: string, at: number): number {
  if (text.charCodeAt(at + 1) !== 50) return 0;
  const letter = text.charCodeAt(at + 2) | 32;
  return letter === 98 ? PLUS : letter === 102 ? SLASH : 0;
}

// Honest values that look like data.
function isExempt(text: string, start: number, end: number): boolean {
  const length = end - start;
  if (length <= PUBLIC_KEY_CHARACTERS_MAX) {
    if (PUBLIC_KEYS.some((head) => text.startsWith(head, start))) return true;
  }
  return length <= DIGEST_CHARACTERS_MAX && isDigest(text, start);
}

function isDigest(text: string, start: number): boolean {
  for (const name of DIGESTS) {
    const head = text.slice(start, start + name.length + 1).toLowerCase();
    if (head === `${name}-`) return true;
    const before = text.slice(Math.max(start - name.length - 1, 0), start).toLowerCase();
    if (before === `${name}:` || before === `${name}=`) return true;
  }
  return false;
}

// A signed token (RFC 7519): three parts between dots, of which the first two are JSON objects.
function tokenEnd(text: string, start: number, end: number): number | undefined {
  if (text.charCodeAt(end) !== DOT || !text.startsWith(TOKEN_HEAD, start)) return undefined;
  if (!text.startsWith(TOKEN_HEAD, end + 1)) return undefined;
  const second = runEnd(text, end + 1);
  if (text.charCodeAt(second) !== DOT) return undefined;
  const third = runEnd(text, second + 1);
  return third - start <= TOKEN_CHARACTERS_MAX ? third : undefined;
}

function total(pieces: readonly (readonly [number, number])[]): number {
  let sum = 0;
  for (const [from, to] of pieces) sum += to - from;
  return sum;
}

function entropy(counts: Uint32Array, sum: number): number {
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / sum) * Math.log2(count / sum);
  return bits;
}

function isHex(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
}

function kindTable(): Uint8Array {
  const table = new Uint8Array(128);
  table.fill(UPPER, 65, 91);
  table.fill(LOWER, 97, 123);
  table.fill(DIGIT, 48, 58);
  table[PLUS] = STANDARD;
  table[SLASH] = STANDARD;
  table[45] = URL_SAFE;
  table[95] = URL_SAFE;
  return table;
}
