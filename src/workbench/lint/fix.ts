import type { RuleProblem } from '../../language/problem.ts';
import { knownThreats } from './threats.ts';

/** A text with what was safe to mend mended. */
export interface Fixed {
  readonly text: string;
  /** How many problems are gone. */
  readonly count: number;
}

/** How the line of a problem is mended; undefined where it can not be. An empty list takes the line away. */
type Mend = (line: string, column: number, newId: () => string) => readonly string[] | undefined;

const mends: Readonly<Record<string, Mend>> = {
  'moved-technique': (line) => {
    const tag = /attack\.(t[0-9.]+[0-9])/i.exec(line);
    const { moved } = knownThreats().attack;
    const id = (tag?.[1] ?? '').toUpperCase();
    const target = Object.hasOwn(moved, id) ? moved[id] : undefined;
    if (tag === null || target === undefined) return undefined;
    return [line.replace(tag[0], `attack.${target.toLowerCase()}`)];
  },
  'repeated-tag': (line) => (/^\s*-\s+\S+\s*$/.test(line) ? [] : undefined),
  'odd-tag': (line) => (/^\s*-\s+[a-z]+\.\S+\s*$/i.test(line) ? [line.toLowerCase()] : undefined),
  'old-date': (line) => [line.replace(/([0-9]{4})\/([0-9]{2})\/([0-9]{2})/, '$1-$2-$3')],
  'upper-case-keyword': (line, column) => {
    const at = column - 1;
    const word = /^[A-Z]+/.exec(line.slice(at))?.[0];
    if (word === undefined) return undefined;
    return [line.slice(0, at) + word.toLowerCase() + line.slice(at + word.length)];
  },
  'single-all': (line) => (line.includes('|all') ? [line.replace('|all', '')] : undefined),
  'missing-id': (line, _, newId) =>
    line.startsWith('title:') ? [line, `id: ${newId()}`] : undefined,
};

/** True of problems that can be mended without a change of what the rule means. */
export function isFixable({ code }: RuleProblem): boolean {
  return Object.hasOwn(mends, code);
}

/** Mends what is safe in the text of one file, from its problems. */
export function fixText(
  text: string,
  problems: readonly RuleProblem[],
  newId: () => string,
): Fixed {
  const lines = text.split('\n');
  let count = 0;
  // From the end, so that the places before stay what they are.
  const last = problems.toSorted((a, b) => b.line - a.line || b.column - a.column);
  for (const { code, line, column } of last) {
    const mend = Object.hasOwn(mends, code) ? mends[code] : undefined;
    const old = lines[line - 1];
    if (mend === undefined || old === undefined) continue;
    const mended = mend(old, column, newId);
    if (mended === undefined || (mended.length === 1 && mended[0] === old)) continue;
    lines.splice(line - 1, 1, ...mended);
    count += 1;
  }
  return { text: lines.join('\n'), count };
}
