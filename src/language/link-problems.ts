import { problemCodes } from './codes.ts';
import type { ProblemCode } from './codes.ts';
import { Locator } from './locate.ts';
import type { Place } from './locate.ts';
import type { RuleProblem } from './problem.ts';
import type { Rule } from './tree.ts';

// One rule can name thousands of others that are not there.
const perRuleMax = 50;

/** Collects what is wrong between rules. */
export class LinkProblems {
  readonly #problems: RuleProblem[] = [];
  readonly #counts = new Map<Rule, number>();
  #locator: Locator | undefined;

  get all(): readonly RuleProblem[] {
    return this.#problems;
  }

  /** Notes a problem of a rule at the value of this path of keys. */
  add(
    code: ProblemCode,
    rule: Rule,
    path: readonly string[],
    message: string,
    hint?: string,
  ): void {
    this.#note(code, rule, (locator) => locator.place(path), message, hint);
  }

  /** Notes a problem of a rule where it first names this field. */
  addAtField(code: ProblemCode, rule: Rule, field: string, message: string): void {
    this.#note(code, rule, (locator) => locator.field(field), message, undefined);
  }

  #note(
    code: ProblemCode,
    rule: Rule,
    place: (locator: Locator) => Place,
    message: string,
    hint: string | undefined,
  ): void {
    const count = (this.#counts.get(rule) ?? 0) + 1;
    this.#counts.set(rule, count);
    if (count > perRuleMax) return;
    if (this.#locator?.source !== rule.source) this.#locator = new Locator(rule.source);
    this.#problems.push({
      severity: problemCodes[code][0],
      code,
      message,
      hint: hint ?? problemCodes[code][2],
      file: rule.source.file,
      ...place(this.#locator),
      ruleId: rule.id,
    });
  }
}
