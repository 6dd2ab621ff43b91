import { assert } from '../../base/assert.ts';
import type { System } from '../action.ts';
import { encodeBase64 } from '../base64.ts';
import type { Random } from '../prng.ts';
import { ownPath, placeNames, placeOf } from './places.ts';
import type { PerSystem } from './story.ts';

/** What the braces of a text stand for. */
export interface TextScope {
  readonly system: System;
  readonly home: string;
  readonly user: string;
  readonly random: Random;
  /** Which time it is that a line is done, from 1. */
  readonly n: number;
}

// `{documents}/a.txt`: a place and the rest of the path, so that the rest has the system's separators too.
const BRACES = /\{([a-z][a-z0-9_]*)(?::([0-9]{1,6}))?\}((?:\/[^\s"'`;|<>]*)?)/g;

const encodings: Readonly<Record<string, (bytes: number, random: Random) => string>> = {
  base64: (bytes, random) => encodeBase64(sheet(bytes, random)),
  base64url: (bytes, random) => webSafe(encodeBase64(sheet(bytes, random))),
  base64lines: (bytes, random) => lines(encodeBase64(sheet(bytes, random)), 76),
  gzip64: (bytes, random) => encodeBase64(packed(bytes, random)),
  hex: (bytes, random) => hexadecimal(sheet(bytes, random)),
  base32: (bytes, random) => encodeBase32(sheet(bytes, random)),
};

/** Names that a text may have in braces, beside `n`, `user` and `word`. */
export const braceNames: readonly string[] = [
  'n',
  'user',
  'word',
  ...placeNames,
  ...Object.keys(encodings),
];

/** The names in braces of a text. */
export function bracesOf(text: string): readonly string[] {
  return [...text.matchAll(BRACES)].map(([, name = '']) => name);
}

/** The words of this system, or undefined where the story has none for it. */
export function wordsOf(text: PerSystem, system: System): string | undefined {
  return typeof text === 'string' ? text : text[system];
}

/** A text with its braces filled. */
export function fill(text: string, scope: TextScope): string {
  return text.replace(
    BRACES,
    (_whole: string, name: string, size: string | undefined, rest: string) => {
      const place = placeOf(name, scope.system, scope.home);
      if (place !== undefined) return place + ownPath(fill(rest, scope), scope.system);
      return valueOf(name, size, scope) + fill(rest, scope);
    },
  );
}

/** A path of a story as the system writes it. */
export function fillPath(path: string, scope: TextScope): string {
  return ownPath(fill(path, scope), scope.system);
}

function valueOf(name: string, size: string | undefined, scope: TextScope): string {
  if (name === 'n') return String(scope.n).padStart(Number(size ?? 1), '0');
  if (name === 'user') return scope.user;
  if (name === 'word') return scope.random.pick(words);
  const encode = Object.hasOwn(encodings, name) ? encodings[name] : undefined;
  assert(encode !== undefined, `unknown braces: ${name}`);
  return encode(Number(size ?? 300), scope.random);
}

const words = [
  'harbour',
  'quay',
  'berth',
  'pilot',
  'cargo',
  'tide',
  'crane',
  'manifest',
  'customs',
  'vessel',
] as const;

/** Rows of a made-up sheet. */
function sheet(bytes: number, random: Random): Uint8Array {
  let text = 'employee;team;grade;salary\r\n';
  while (text.length < bytes) {
    const team = random.pick(['Engineering', 'Design', 'Legal', 'Sales', 'Support', 'People']);
    const [person, grade, salary] = [
      random.integer(1000, 9999),
      random.integer(3, 9),
      random.integer(28_000, 96_000),
    ];
    text += `E${person};${team};${grade};${salary}.00\r\n`;
  }
  return new TextEncoder().encode(text.slice(0, bytes));
}

/** Looks like gzip: its first bytes, then what no dictionary has. */
function packed(bytes: number, random: Random): Uint8Array {
  const content = new Uint8Array(bytes);
  content.set([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3].slice(0, bytes));
  for (let at = 10; at < bytes; at += 1) content[at] = random.integer(0, 255);
  return content;
}

function webSafe(text: string): string {
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function lines(text: string, width: number): string {
  const rows: string[] = [];
  for (let at = 0; at < text.length; at += width) rows.push(text.slice(at, at + width));
  return rows.join('\n');
}

function hexadecimal(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** RFC 4648 §6. */
function encodeBase32(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += base32.charAt((held >>> (bits - 5)) & 31);
  }
  if (bits > 0) text += base32.charAt((held << (5 - bits)) & 31);
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=');
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
