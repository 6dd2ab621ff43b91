import { TIME_MAX } from '../base/date.ts';

/**
 * Numbers, times and values as people read them: amounts to two figures, counts exact, values
 * disarmed.
 */

/** A count, exact, with thousands set apart; other numbers to at most two decimals. */
export function countInWords(value: number): string {
  const text = Number.isInteger(value) ? String(value) : String(Math.round(value * 100) / 100);
  const dot = text.indexOf('.');
  const whole = dot < 0 ? text : text.slice(0, dot);
  if (!/^-?\d+$/.test(whole)) return text;
  return whole.replace(/\B(?=(?:\d{3})+$)/g, ',') + (dot < 0 ? '' : text.slice(dot));
}

const BYTE_UNITS: readonly string[] = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** An amount of data, to two figures below 100 of a unit: `3.1 MB`, `212 MB`. */
export function bytesInWords(value: number): string {
  let amount = value;
  let unit = 0;
  while (Math.abs(amount) >= 999.5 && unit < BYTE_UNITS.length - 1) {
    amount /= 1000;
    unit++;
  }
  const isSmall = unit > 0 && Math.abs(amount) < 9.95;
  const figure = isSmall ? amount.toFixed(1) : String(Math.round(amount));
  const name = unit === 0 && figure === '1' ? 'byte' : BYTE_UNITS[unit];
  return `${figure} ${name ?? ''}`;
}

/** A length of time in at most two units: `500 ms`, `60 s`, `5 min`, `2 h 10 min`, `7 d`. */
export function spanInWords(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_200_000) return twoUnits(Math.round(ms / 1000), 60, 'min', 's');
  if (ms < 172_800_000) return twoUnits(Math.round(ms / 60_000), 60, 'h', 'min');
  return twoUnits(Math.round(ms / 3_600_000), 24, 'd', 'h');
}

function twoUnits(value: number, size: number, large: string, small: string): string {
  const rest = value % size;
  const whole = `${Math.floor(value / size)} ${large}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
}

/**
 * A moment in ISO 8601, UTC. The end of an unbounded window is the last moment that can be written.
 */
export function isoTime(time: number): string {
  if (time !== latestTime) {
    latestTime = time;
    latestText = new Date(Math.min(Math.max(time, 0), TIME_MAX)).toISOString();
  }
  return latestText;
}

// An alert of one event writes its time four times.
let latestTime = Number.NaN;
let latestText = '';

/** How much of a value a sentence shows. */
export const VALUE_LENGTH_MAX = 80;
const SPACES_MAX = 8;
// Unassigned, private and format characters, surrogates, controls, and separators other than the
// space.
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

// What is shown as it is: visible ASCII, without what the redactor leaves or more than one space in
// a row.
const PLAIN = /^[!-Z\\-~]+(?: [!-Z\\-~]+)*$/;

// What the redactor leaves.
const REDACTED = /\[redacted:([a-z0-9_]{1,32}):\d{1,10}:[0-9a-f]{12}\]/g;
const CUT = /\[cut:\d{1,10}:[0-9a-f]{12}\]/g;

/**
 * A value from telemetry, on one line, with what cannot be seen made visible, cut in the middle.
 * Its end is kept, because that is where the file name and the payload stand.
 */
export function valueInWords(value: string, lengthMax: number = VALUE_LENGTH_MAX): string {
  if (value.length <= lengthMax && PLAIN.test(value)) return value;
  // A reader needs to know that something is hidden here, not its digest.
  const plain = value.replace(REDACTED, '[$1 hidden]').replace(CUT, '…');
  const characters = [...plain];
  let shown = plain;
  if (characters.length > lengthMax) {
    const tail = Math.floor(lengthMax / 3);
    const head = lengthMax - tail - 1;
    shown = `${characters.slice(0, head).join('')}…${characters.slice(-tail).join('')}`;
  }
  return shown
    .replace(HIDDEN, hiddenCharacter)
    .replace(/ {9,}/g, (run) => (run.length > SPACES_MAX ? `[${run.length} spaces]` : run))
    .trim();
}

function hiddenCharacter(character: string): string {
  if (character === '\n') return '[LF]';
  if (character === '\t') return '[TAB]';
  const code = character.codePointAt(0) ?? 0;
  return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}

/** A path with its beginning and its last folders: `C:\…\Finance\Payroll`. */
export function pathInWords(path: string, lengthMax: number = PATH_LENGTH_MAX): string {
  if (path.length <= lengthMax) return valueInWords(path);
  const separator = path.includes('\\') ? '\\' : '/';
  const parts = path.split(separator);
  const first = parts[0] === '' ? `${separator}${parts[1] ?? ''}` : (parts[0] ?? '');
  let tail = parts[parts.length - 1] ?? '';
  for (let index = parts.length - 2; index > 1; index--) {
    const longer = `${parts[index] ?? ''}${separator}${tail}`;
    if (first.length + longer.length + 3 > lengthMax) break;
    tail = longer;
  }
  return valueInWords(`${first}${separator}…${separator}${tail}`, lengthMax + 3);
}

const PATH_LENGTH_MAX = 48;

/** The last part of a path, whichever way its slashes lean. */
export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** The folder that holds all these paths, or undefined when they share no more than a root. */
export function commonFolder(paths: readonly string[]): string | undefined {
  let shared: string | undefined;
  for (const path of paths) {
    const folder = path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'), 0));
    shared = shared === undefined ? folder : sharedFolder(shared, folder);
  }
  const isRoot = shared === undefined || shared === '' || /^(?:[A-Za-z]:|\\*|\/*)$/.test(shared);
  return isRoot ? undefined : shared;
}

function sharedFolder(a: string, b: string): string {
  const length = Math.min(a.length, b.length);
  let end = 0;
  for (let index = 0; index <= length; index++) {
    const isEnd = (text: string): boolean =>
      index === text.length || '/\\'.includes(text[index] ?? '');
    if (isEnd(a) && isEnd(b)) end = index;
    if (index < length && a[index] !== b[index]) break;
  }
  return a.slice(0, end);
}
