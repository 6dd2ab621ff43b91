import type { Refusal } from './reporter.ts';
import { quote } from './reporter.ts';
import type { ConditionTree } from './tree.ts';

/** A problem of a condition; `index` counts characters of its text. */
export interface ConditionProblem extends Refusal {
  readonly index: number;
}

/** The tree of a condition (undefined after an error) and the selections that it uses. */
export interface ParsedCondition {
  readonly tree: ConditionTree | undefined;
  readonly used: ReadonlySet<string>;
  readonly problems: readonly ConditionProblem[];
}

export interface ConditionOptions {
  /** False for correlations, whose expressions have names only. */
  readonly hasSelectors: boolean;
}

const depthMax = 64;
// Each selector can resolve to every selection, so their product is bounded, not only the text.
const namesMax = 10_000;
const looksMax = 1_000_000;

interface Token {
  readonly text: string;
  readonly index: number;
}

/**
 * Reads a condition over these names. Grammar: `or` binds weakest, then `and`, `not`, `N of`, parentheses;
 * one pass, without going back.
 */
export function parseCondition(
  text: string,
  names: readonly string[],
  options: ConditionOptions = { hasSelectors: true },
): ParsedCondition {
  const parser = new Parser(text, names, options);
  let tree: ConditionTree | undefined;
  try {
    tree = parser.parse();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  return { tree, used: parser.used, problems: parser.problems };
}

/** Ends the reading of one condition; its problem is already noted. */
class Stop extends Error {}

class Parser {
  readonly #names: readonly string[];
  readonly #known: ReadonlySet<string>;
  readonly #hasSelectors: boolean;
  readonly #end: number;
  readonly #tokens: readonly Token[];
  readonly used = new Set<string>();
  readonly problems: ConditionProblem[] = [];
  #position = 0;
  #depth = 0;
  #resolved = 0;
  #looks = 0;

  constructor(text: string, names: readonly string[], options: ConditionOptions) {
    this.#names = names;
    this.#known = new Set(names);
    this.#hasSelectors = options.hasSelectors;
    this.#end = text.length;
    this.#tokens = tokens(text);
  }

  parse(): ConditionTree {
    const tree = this.#or();
    const rest = this.#tokens[this.#position];
    if (rest !== undefined) this.#unexpected(rest);
    return tree;
  }

  #or(): ConditionTree {
    const operands = [this.#and()];
    while (this.#takeKeyword('or')) operands.push(this.#and());
    return group('or', operands);
  }

  #and(): ConditionTree {
    const operands = [this.#not()];
    while (this.#takeKeyword('and')) operands.push(this.#not());
    return group('and', operands);
  }

  #not(): ConditionTree {
    if (!this.#takeKeyword('not')) return this.#primary();
    this.#enter();
    const operand = this.#not();
    this.#depth--;
    return { kind: 'not', operand };
  }

  #primary(): ConditionTree {
    const token = this.#tokens[this.#position++];
    if (token === undefined)
      return this.#stop('condition-syntax', this.#end, 'the condition ends early');
    if (token.text === '(') {
      this.#enter();
      const tree = this.#or();
      this.#depth--;
      const close = this.#tokens[this.#position++];
      if (close?.text === ')') return tree;
      return this.#stop('condition-syntax', token.index, 'the parenthesis is not closed');
    }
    if (!/^[A-Za-z0-9_*-]+$/.test(token.text)) return this.#unexpected(token);
    const count = quantity(token.text);
    if (count !== undefined && this.#takeKeyword('of')) return this.#selector(token, count);
    return this.#selection(token);
  }

  #selection(token: Token): ConditionTree {
    const name = token.text;
    if (!this.#known.has(name)) {
      if (['and', 'or', 'not', 'of'].includes(name)) return this.#unexpected(token);
      const hint = this.#known.size === 0 ? undefined : `Known are ${known(this.#names)}.`;
      return this.#stop('unknown-selection', token.index, `${quote(name)} is not defined`, hint);
    }
    this.#count(1, token);
    this.used.add(name);
    return { kind: 'selection', name };
  }

  #selector(token: Token, quantity: number | 'all'): ConditionTree {
    const target = this.#tokens[this.#position++];
    if (target === undefined) {
      return this.#stop(
        'condition-syntax',
        this.#end,
        'a selection or pattern is missing behind of',
      );
    }
    if (!this.#hasSelectors) {
      const message = 'a correlation names each of its rules; there is no "of"';
      return this.#stop('condition-syntax', token.index, message);
    }
    if (token.text !== token.text.toLowerCase()) this.#warnCase(token, token.text.toLowerCase());
    const isThem = target.text === 'them';
    if (!isThem && !/^[A-Za-z0-9_*]{1,256}$/.test(target.text)) {
      const message = `${quote(target.text)} is not a pattern of selections`;
      return this.#stop('condition-syntax', target.index, message, 'Use letters, digits, _ and *.');
    }
    this.#looks += this.#names.length;
    if (this.#looks > looksMax) {
      return this.#stop('condition-too-large', target.index, 'too many selectors over selections');
    }
    const names = this.#resolve(isThem ? '*' : target.text);
    const count = quantity === 'all' ? names.length : quantity;
    if (names.length === 0 || count > names.length) {
      const found = names.length === 0 ? 'no' : `only ${String(names.length)}`;
      const message = `${quote(target.text)} matches ${found} selection`;
      const hint = `Known are ${known(this.#names)}; those that begin with _ need a pattern with _.`;
      return this.#stop('condition-selector', target.index, message, hint);
    }
    this.#count(names.length, target);
    for (const name of names) this.used.add(name);
    return { kind: 'atLeast', count, names };
  }

  // Names that begin with _ are found only by a pattern that begins with _.
  #resolve(pattern: string): readonly string[] {
    const isHidden = pattern.startsWith('_');
    return this.#names.filter(
      (name) => name.startsWith('_') <= isHidden && fitsGlob(name, pattern),
    );
  }

  #takeKeyword(keyword: string): boolean {
    const token = this.#tokens[this.#position];
    if (token === undefined || token.text.toLowerCase() !== keyword) return false;
    if (token.text !== keyword) {
      if (this.#known.has(token.text)) return false;
      this.#warnCase(token, keyword);
    }
    this.#position++;
    return true;
  }

  #warnCase(token: Token, keyword: string): void {
    const message = `${quote(token.text)} is read as ${keyword}`;
    const hint = 'Other Sigma tools refuse it; write it in lower case.';
    this.problems.push({ code: 'upper-case-keyword', index: token.index, message, hint });
  }

  #enter(): void {
    this.#depth++;
    if (this.#depth > depthMax) {
      const index = this.#tokens[this.#position]?.index ?? this.#end;
      this.#stop('condition-too-large', index, `nested deeper than ${String(depthMax)} levels`);
    }
  }

  #count(names: number, token: Token): void {
    this.#resolved += names;
    if (this.#resolved > namesMax) {
      const message = `the condition stands for more than ${String(namesMax)} selections`;
      this.#stop('condition-too-large', token.index, message);
    }
  }

  #unexpected(token: Token): never {
    if (token.text !== '|') {
      return this.#stop(
        'condition-syntax',
        token.index,
        `${quote(token.text)} is not expected here`,
      );
    }
    return this.#stop(
      'condition-aggregation',
      token.index,
      'aggregations in conditions (count, near, ...) are not part of Sigma any more',
      'Write a correlation: event_count, value_count or temporal.',
    );
  }

  #stop(code: Refusal['code'], index: number, message: string, hint?: string): never {
    this.problems.push({ code, index, message, ...(hint === undefined ? {} : { hint }) });
    throw new Stop(message);
  }
}

function group(kind: 'and' | 'or', operands: readonly ConditionTree[]): ConditionTree {
  const [first] = operands;
  return first !== undefined && operands.length === 1 ? first : { kind, operands };
}

function quantity(text: string): number | 'all' | undefined {
  const lower = text.toLowerCase();
  if (lower === 'all') return 'all';
  if (lower === 'any') return 1;
  return /^[1-9][0-9]{0,5}$/.test(text) ? Number(text) : undefined;
}

function known(names: readonly string[]): string {
  const listed = names.slice(0, 10).join(', ');
  return names.length > 10 ? `${listed}, …` : listed;
}

function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  for (const match of text.matchAll(/[A-Za-z0-9_*-]+|[^\s]/gu)) {
    found.push({ text: match[0], index: match.index });
  }
  return found;
}

/** True if the name fits a pattern whose `*` stands for any characters. Goes back to the last `*` only. */
function fitsGlob(name: string, pattern: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let index = 0; index < name.length;) {
    if (pattern[at] === '*') {
      star = at++;
      resume = index;
    } else if (at < pattern.length && pattern[at] === name[index]) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
