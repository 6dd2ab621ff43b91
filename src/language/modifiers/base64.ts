import type { Draft, DraftText, ValueModifier } from './modifier.ts';
import { refused } from './modifier.ts';

/** `base64`: the value as base64 text. */
export const base64: ValueModifier = {
  kind: 'value',
  name: 'base64',
  aliases: [],
  summary: 'The value, encoded as base64.',
  change: (draft) => onBytes(draft, (bytes) => textDraft(encode(bytes))),
};

/** `base64offset`: the value as it looks inside base64 text at each of the three possible offsets. */
export const base64offset: ValueModifier = {
  kind: 'value',
  name: 'base64offset',
  aliases: [],
  summary: 'The value inside base64 text, at any of the three offsets; follow it with contains.',
  // Three encodings of each encoding would grow without bound.
  refuses: ({ before }) =>
    before.includes('base64offset') ? 'cannot stand twice in one key' : undefined,
  change: (draft) =>
    onBytes(draft, (bytes) => ({
      kind: 'any',
      drafts: [0, 1, 2].map((offset) => textDraft(encodeAt(bytes, offset))),
    })),
};

function onBytes(
  draft: Draft,
  build: (bytes: Uint8Array) => Draft,
): ReturnType<ValueModifier['change']> {
  if (draft.kind !== 'text') return undefined;
  const bytes = bytesOf(draft);
  if (bytes !== undefined) return build(bytes);
  return refused(
    'invalid-value',
    'wildcards cannot be encoded as base64',
    'Escape the wildcard, or put contains, startswith or endswith behind the encoding.',
  );
}

function bytesOf(draft: DraftText): Uint8Array | undefined {
  let text = '';
  for (const part of draft.pattern) {
    if (part.kind !== 'literal') return undefined;
    text += part.text;
  }
  if (!draft.bytes) return new TextEncoder().encode(text);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

// The characters that also depend on the unknown neighbours are cut from both ends (pySigma's tables).
const firstKept = [0, 2, 3] as const;
const lastCut = [0, 3, 2] as const;

function encodeAt(bytes: Uint8Array, offset: number): string {
  const shifted = new Uint8Array(offset + bytes.length);
  shifted.set(bytes, offset);
  const text = encode(shifted);
  return text.slice(firstKept[offset], text.length - (lastCut[shifted.length % 3] ?? 0));
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function encode(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += alphabet.charAt(group >>> 18) + alphabet.charAt((group >>> 12) & 63);
    text += left > 1 ? alphabet.charAt((group >>> 6) & 63) : '=';
    text += left > 2 ? alphabet.charAt(group & 63) : '=';
  }
  return text;
}

function textDraft(text: string): Draft {
  const pattern = text === '' ? [] : [{ kind: 'literal' as const, text }];
  return { kind: 'text', pattern, cased: false, raw: text, bytes: false };
}
