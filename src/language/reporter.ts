import { LineIndex } from '../base/yaml.ts';
import { problemCodes } from './codes.ts';
import type { ProblemCode } from './codes.ts';
import type { RuleProblem } from './problem.ts';

/** Something of a file that has a place. */
export type Place = number | { readonly offset: number };

/** What a part of a rule says against a value, before it is known where the value stands. */
export interface Refusal {
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint?: string;
}

// A hostile file could otherwise return more text about itself than it has.
const problemsMax = 200;

// Compiling regular expressions is the one part of reading whose time is not in step with the text:
// `[a-z]{1000}` is 11 characters and 1,000 instructions. About a second for a file.
const regexWorkMax = 100_000;

/** Collects the problems of one file and knows their lines. */
export class Reporter {
  readonly #file: string;
  readonly #text: string;
  readonly #problems: RuleProblem[] = [];
  #lines: LineIndex | undefined;
  #errors = 0;
  #regexWork = 0;
  /** Of the document that is being read, once known. */
  ruleId: string | undefined;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  get problems(): readonly RuleProblem[] {
    return this.#problems;
  }

  /** How many errors so far, listed or not. */
  get errors(): number {
    return this.#errors;
  }

  /** True while the regular expressions of the file are still worth compiling. */
  get hasRegexWorkLeft(): boolean {
    return this.#regexWork < regexWorkMax;
  }

  countRegexWork(work: number): void {
    this.#regexWork += work;
  }

  report(
    code: ProblemCode,
    place: Place,
    message: string,
    hint: string = problemCodes[code][2],
  ): void {
    const severity = problemCodes[code][0];
    if (severity === 'error') this.#errors++;
    if (this.#problems.length > problemsMax) return;
    const full = this.#problems.length === problemsMax;
    this.#problems.push({
      severity: full ? 'error' : severity,
      code: full ? 'too-many-problems' : code,
      message: full ? 'further problems of this file are not listed' : message,
      hint: full ? problemCodes['too-many-problems'][2] : hint,
      file: this.#file,
      ...this.place(place),
      ...(this.ruleId === undefined ? {} : { ruleId: this.ruleId }),
    });
  }

  hasProblemAt(place: Place): boolean {
    const { line, column } = this.place(place);
    return this.#problems.some((problem) => problem.line === line && problem.column === column);
  }

  refuse(place: Place, refusal: Refusal): void {
    this.report(refusal.code, place, refusal.message, refusal.hint);
  }

  /** The place of a character of a scalar's text, or of the scalar when it is not written as it reads. */
  inside(scalar: { readonly text: string; readonly offset: number }, index: number): number {
    for (const start of [scalar.offset, scalar.offset + 1]) {
      if (this.#text.startsWith(scalar.text, start)) return start + index;
    }
    return scalar.offset;
  }

  place(place: Place): { readonly line: number; readonly column: number } {
    this.#lines ??= new LineIndex(this.#text);
    return this.#lines.place(typeof place === 'number' ? place : place.offset);
  }
}

const quotedMax = 60;

/** A text of the rule inside a message: in quotes, on one line, cut. */
export function quote(text: string): string {
  return JSON.stringify(text.length > quotedMax ? `${text.slice(0, quotedMax)}…` : text);
}
