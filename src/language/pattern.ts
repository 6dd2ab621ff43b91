import type { PatternPart, PlaceholderPart, TextPattern } from './tree.ts';

/** Any run of characters. */
export const many: PatternPart = Object.freeze({ kind: 'many' });
const one: PatternPart = Object.freeze({ kind: 'one' });

/** A text pattern, and whether it looks as if a backslash took a wildcard by mistake (`C:\Windows\*`). */
export interface ParsedPattern {
  readonly pattern: TextPattern;
  readonly isSuspicious: boolean;
}

/**
 * Reads Sigma's notation: `*` any run, `?` one character; a backslash escapes `*`, `?` and itself, and is
 * plain before anything else.
 */
export function parsePattern(text: string): ParsedPattern {
  const parts: PatternPart[] = [];
  let literal = '';
  // Where the part of the text begins that `literal` does not hold yet.
  let from = 0;
  let escapesWildcard = false;
  let hasPlainBackslash = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === backslash) {
      const next = text.charCodeAt(at + 1);
      const isWildcard = next === star || next === question;
      if (isWildcard) escapesWildcard = true;
      if (isWildcard || next === backslash) {
        literal += text.slice(from, at);
        from = ++at;
      } else {
        hasPlainBackslash = true;
      }
    } else if (code === star || code === question) {
      pushLiteral(parts, literal + text.slice(from, at));
      literal = '';
      from = at + 1;
      pushWildcard(parts, code === star ? many : one);
    }
  }
  const isSuspicious = escapesWildcard && hasPlainBackslash;
  const rest = literal + text.slice(from);
  // Nearly every pattern is one literal: a list of exactly that takes a fifth of one that grew.
  if (parts.length === 0 && rest !== '') {
    return { pattern: [{ kind: 'literal', text: rest }], isSuspicious };
  }
  pushLiteral(parts, rest);
  return { pattern: parts, isSuspicious };
}

const backslash = 0x5c;
const star = 0x2a;
const question = 0x3f;

function pushLiteral(parts: PatternPart[], text: string): void {
  if (text !== '') parts.push({ kind: 'literal', text });
}

// Neighbouring `*` mean one, and a pattern may not hold more work than its text.
function pushWildcard(parts: PatternPart[], wildcard: PatternPart): void {
  if (wildcard.kind === 'many' && parts.at(-1)?.kind === 'many') return;
  parts.push(wildcard);
}

/** True if every part is literal. */
export function isLiteral(pattern: TextPattern): boolean {
  return pattern.every((part) => part.kind === 'literal');
}

/** The pattern with `*` in front, unless it is there already. */
export function openStart(pattern: TextPattern): TextPattern {
  return pattern[0]?.kind === 'many' ? pattern : [many, ...pattern];
}

/** The pattern with `*` behind, unless it is there already. */
export function openEnd(pattern: TextPattern): TextPattern {
  return pattern.at(-1)?.kind === 'many' ? pattern : [...pattern, many];
}

/** Joins neighbouring literals and drops empty ones. */
export function literals(texts: readonly PatternPart[]): TextPattern {
  const parts: PatternPart[] = [];
  for (const part of texts) {
    const last = parts.at(-1);
    if (part.kind === 'literal' && last?.kind === 'literal') {
      parts[parts.length - 1] = { kind: 'literal', text: last.text + part.text };
    } else if (part.kind !== 'literal' || part.text !== '') {
      parts.push(part);
    }
  }
  return parts;
}

/**
 * Splits `%name%` placeholders from the literals of a pattern. `\%` is a plain percent sign, as the
 * specification says of `expand`.
 */
export function splitPlaceholders(pattern: TextPattern): readonly PlaceholderPart[] {
  const parts: PlaceholderPart[] = [];
  let plain: PatternPart[] = [];
  const flush = (): void => {
    const joined = literals(plain);
    if (joined.length > 0) parts.push({ kind: 'literal', pattern: joined });
    plain = [];
  };
  for (const part of pattern) {
    if (part.kind !== 'literal') {
      plain.push(part);
      continue;
    }
    // Alternatives in order: an escaped percent sign, a placeholder, any other character.
    for (const found of part.text.matchAll(/\\%|%([\p{L}\p{N}_]{1,256})%|[^\\%]+|[\\%]/gu)) {
      const name = found[1];
      if (name === undefined) {
        plain.push({ kind: 'literal', text: found[0] === '\\%' ? '%' : found[0] });
      } else {
        flush();
        parts.push({ kind: 'placeholder', name });
      }
    }
  }
  flush();
  return parts;
}
