/** A part of a sentence, bold or not. */
export interface Phrase {
  readonly text: string;
  readonly isBold: boolean;
}

interface Facts {
  readonly sentence: string;
  readonly agent: string | null;
  readonly destination: string | null;
  readonly value: number | null;
}

/**
 * The sentence with what counts in bold: who did it, how much, where to. Nothing else is bold, and
 * nothing is when the sentence does not say it.
 */
export function phrases({ sentence, agent, destination, value }: Facts): readonly Phrase[] {
  const spans: [number, number][] = [];
  const mark = (text: string | null, from = 0): void => {
    if (text === null || text === '') return;
    const start = sentence.indexOf(text, from);
    if (start >= 0) spans.push([start, start + text.length]);
  };
  if (agent !== null && sentence.startsWith(agent)) spans.push([0, agent.length]);
  mark(destination, agent?.length ?? 0);
  const amount = amountIn(sentence, value);
  if (amount !== undefined) spans.push(amount);
  const path = /(?:, |\. )((?:[A-Za-z]:\\|\\\\|~?\/)\S.*)$/.exec(sentence);
  if (path?.[1] !== undefined) spans.push([sentence.length - path[1].length, sentence.length]);
  return cutAt(sentence, spans);
}

/**
 * The sentence for a list, beside whose rows host, user and limit stand anyway: without them its end,
 * which holds the place, has room.
 */
export function listForm(row: {
  readonly sentence: string;
  readonly agent: string | null;
  readonly host: string;
  readonly user: string | null;
  readonly limit: number | null;
}): string {
  let { sentence } = row;
  const where = `${row.agent ?? ''} on ${row.host}`;
  const who = ` (${row.user ?? ''})`;
  if (row.agent !== null && sentence.startsWith(where)) {
    const rest = sentence.slice(where.length);
    sentence = row.agent + (rest.startsWith(who) ? rest.slice(who.length) : rest);
  }
  return row.limit === null
    ? sentence
    : sentence.replace(` (limit ${row.limit.toLocaleString('en-US')})`, '');
}

/** The value with the noun behind it: "143 protected files". */
function amountIn(sentence: string, value: number | null): [number, number] | undefined {
  if (value === null) return undefined;
  const number = value.toLocaleString('en-US');
  const at = sentence.search(new RegExp(`(?<![\\w.,])${number}(?![\\w.,])`));
  if (at < 0) return undefined;
  const noun =
    /^ (?!in |on |of |to )[a-z]+(?: (?:files|uploads|lines|times|paths|queries|reads))?/.exec(
      sentence.slice(at + number.length),
    );
  return [at, at + number.length + (noun?.[0].length ?? 0)];
}

function cutAt(sentence: string, spans: readonly (readonly [number, number])[]): Phrase[] {
  const parts: Phrase[] = [];
  let at = 0;
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    if (from < at) continue;
    if (from > at) parts.push({ text: sentence.slice(at, from), isBold: false });
    parts.push({ text: sentence.slice(from, to), isBold: true });
    at = to;
  }
  if (at < sentence.length) parts.push({ text: sentence.slice(at), isBold: false });
  return parts;
}
