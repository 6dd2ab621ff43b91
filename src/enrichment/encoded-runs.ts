import { measureBase64 } from './base64-runs.ts';

/** Ways in which data are written as text. */
export type Encoding = 'base64' | 'base64url' | 'hex' | 'base32';

/** Data in a text. */
export interface EncodedRun {
  readonly encoding: Encoding;
  /** As it stands in the text, without padding. */
  readonly text: string;
  /** How many bytes it decodes to. */
  readonly bytes: number;
}

// 32 bytes and more; shorter ones are identifiers and keys of programs.
const HEX_CHARACTERS_MIN = 66;
const BASE32_CHARACTERS_MIN = 52;
// MD5 to SHA-512 and a public key on a curve, in hexadecimal: these lengths are not counted.
const DIGEST_LENGTHS: ReadonlySet<number> = new Set([32, 40, 56, 64, 66, 96, 128, 130]);
const RUNS_MAX = 16;
// Random base32 has 3 digits in 16 characters; a name in upper case has hardly any.
const BASE32_DIGITS_SHARE_MIN = 1 / 12;

// Each character is looked at once: a run can begin only where the one before ended.
const HEX = new RegExp(`[0-9A-Fa-f]{${String(HEX_CHARACTERS_MIN)},}`, 'g');
const ESCAPED_HEX = /(?:\\x[0-9A-Fa-f]{2}){32,}/g;
const BASE32 = new RegExp(`[A-Z2-7]{${String(BASE32_CHARACTERS_MIN)},}={0,6}`, 'g');

/** The encoded data of a text: base64 in both alphabets, hexadecimal, base32. At most 16 runs of each. */
export function encodedRuns(text: string): readonly EncodedRun[] {
  return [...base64Runs(text), ...hexRuns(text), ...base32Runs(text)];
}

function base64Runs(text: string): readonly EncodedRun[] {
  return (measureBase64(text)?.spans ?? []).map(([from, to]) => {
    const run = text.slice(from, to).replaceAll(/%2b/gi, '+').replaceAll(/%2f/gi, '/');
    const encoding = /[-_]/.test(run) ? 'base64url' : 'base64';
    return { encoding, text: run, bytes: Math.floor((run.length * 3) / 4) };
  });
}

function hexRuns(text: string): readonly EncodedRun[] {
  const runs: EncodedRun[] = [];
  const add = (run: string): void => {
    const hasBoth = /[0-9]/.test(run) && /[A-Fa-f]/.test(run);
    if (runs.length >= RUNS_MAX || !hasBoth || DIGEST_LENGTHS.has(run.length)) return;
    runs.push({ encoding: 'hex', text: run, bytes: run.length >> 1 });
  };
  for (const [run] of text.matchAll(HEX)) add(run);
  if (text.includes('\\x')) {
    for (const [run] of text.matchAll(ESCAPED_HEX)) add(run.replaceAll('\\x', ''));
  }
  return runs;
}

function base32Runs(text: string): readonly EncodedRun[] {
  const runs: EncodedRun[] = [];
  for (const [found] of text.matchAll(BASE32)) {
    const run = found.replace(/=+$/, '');
    const digits = run.replaceAll(/[A-Z]/g, '').length;
    const isHex = /^[0-9A-F]+$/.test(run);
    if (runs.length >= RUNS_MAX || isHex || digits < run.length * BASE32_DIGITS_SHARE_MIN) continue;
    runs.push({ encoding: 'base32', text: run, bytes: Math.floor((run.length * 5) / 8) });
  }
  return runs;
}
