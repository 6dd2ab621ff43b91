import type { LogsourcePattern } from '../../event/logsource.ts';

/** Where a cursor stands in a rule file, as far as lines tell: the text may be broken while it is written. */
export interface CursorContext {
  /** Keys around the cursor, outermost first; of a key that is being written, not that one. */
  readonly path: readonly string[];
  /** The key of the line when the cursor stands in its value. */
  readonly key: string | undefined;
  /** What is written before the cursor: of the key, or of the value. */
  readonly before: string;
  /** The log source of the document. */
  readonly logsource: LogsourcePattern;
  /** Names of the document's selections. */
  readonly selections: readonly string[];
}

/** Reads the place of a cursor; line and character count from 0. */
export function contextAt(text: string, line: number, character: number): CursorContext {
  const lines = text.split(/\r\n|\r|\n/);
  const { first, last } = documentAround(lines, line);
  const document = lines.slice(first, last);
  const head = (lines[line] ?? '').slice(0, character);
  // Inside `{ a: b, c` the last part counts.
  const open = head.lastIndexOf('{');
  const isFlow = open > head.lastIndexOf('}');
  const flow = isFlow ? head.slice(Math.max(open, head.lastIndexOf(',')) + 1) : undefined;
  const written = (flow ?? head).replace(/^(?:\s|-\s)*/, '');
  const colon = keyEnd(written);
  const key = colon === undefined ? undefined : written.slice(0, colon);
  const before = colon === undefined ? written : written.slice(colon + 1).trimStart();
  const outer = pathTo(lines, line, first);
  const inner = flow === undefined ? undefined : keyOf(head.slice(0, open));
  return {
    path: inner === undefined ? outer : [...outer, inner],
    key,
    before: before.replace(/^['"]/, ''),
    logsource: logsourceIn(document),
    selections: selectionsIn(document),
  };
}

function documentAround(
  lines: readonly string[],
  line: number,
): { readonly first: number; readonly last: number } {
  let first = line;
  while (first > 0 && !/^---(?:\s|$)/.test(lines[first] ?? '')) first -= 1;
  let last = line + 1;
  while (last < lines.length && !/^---(?:\s|$)/.test(lines[last] ?? '')) last += 1;
  return { first, last };
}

/** Where a key ends: a colon that a blank or the end follows. */
function keyEnd(text: string): number | undefined {
  const found = /^(?:'[^']*'|"[^"]*"|[^'":#{}[\],]+?):(?=\s|$)/.exec(text);
  return found === null ? undefined : found[0].length - 1;
}

function keyOf(text: string): string | undefined {
  const trimmed = text.replace(/^(?:\s|-\s)*/, '');
  const end = keyEnd(trimmed);
  return end === undefined ? undefined : trimmed.slice(0, end).replaceAll(/^['"]|['"]$/g, '');
}

// Keys of lines above that stand further left, one after the other.
function pathTo(lines: readonly string[], line: number, first: number): readonly string[] {
  const path: string[] = [];
  let indent = indentOf(lines[line] ?? '');
  for (let at = line - 1; at >= first && indent > 0; at -= 1) {
    const text = lines[at] ?? '';
    const own = indentOf(text);
    const key = text.trim() === '' ? undefined : keyOf(text);
    // A list may stand as far left as its key.
    const isListKey =
      path.length === 0 && own === indent && /^\s*-/.test(lines[line] ?? '') && !/^\s*-/.test(text);
    if (key === undefined || (own >= indent && !isListKey)) continue;
    path.unshift(key);
    indent = own;
  }
  if (indent === 0 && path.length === 0 && lines[line]?.startsWith('-') === true) {
    for (let at = line - 1; at >= first; at -= 1) {
      const key = keyOf(lines[at] ?? '');
      if (key !== undefined && !/^\s|^-/.test(lines[at] ?? '')) return [key];
    }
  }
  return path;
}

function indentOf(line: string): number {
  return /^\s*/.exec(line)?.[0].length ?? 0;
}

function logsourceIn(document: readonly string[]): LogsourcePattern {
  const start = document.findIndex((line) => /^logsource\s*:/.test(line));
  if (start < 0) return {};
  const end = document.findIndex((line, at) => at > start && /^\S/.test(line));
  const block = document.slice(start, end < 0 ? undefined : end).join('\n');
  const of = (name: string): string | undefined =>
    new RegExp(`\\b${name}\\s*:\\s*['"]?([A-Za-z0-9_-]+)`).exec(block)?.[1];
  const [product, category, service] = ['product', 'category', 'service'].map(of);
  return {
    ...(product === undefined ? {} : { product }),
    ...(category === undefined ? {} : { category }),
    ...(service === undefined ? {} : { service }),
  };
}

function selectionsIn(document: readonly string[]): readonly string[] {
  const start = document.findIndex((line) => /^(?:detection|filter)\s*:/.test(line));
  if (start < 0) return [];
  const names: string[] = [];
  let indent: number | undefined;
  for (const line of document.slice(start + 1)) {
    if (/^\S/.test(line)) break;
    const key = line.trim() === '' ? undefined : keyOf(line);
    if (key === undefined) continue;
    indent ??= indentOf(line);
    const isOther = ['condition', 'timeframe', 'rules'].includes(key);
    if (indentOf(line) === indent && !isOther) names.push(key);
  }
  return names;
}

/** The word at a place: what hover and definition are about. */
export function wordAt(text: string, line: number, character: number): string {
  const written = text.split(/\r\n|\r|\n/)[line] ?? '';
  const isPart = (letter: string | undefined): boolean => /[A-Za-z0-9_.%-]/.test(letter ?? ' ');
  let from = character;
  while (from > 0 && isPart(written[from - 1])) from -= 1;
  let to = character;
  while (to < written.length && isPart(written[to])) to += 1;
  return written.slice(from, to);
}
