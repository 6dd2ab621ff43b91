import { Locator, type Place } from '../../language/locate.ts';
import type { RuleProblem } from '../../language/problem.ts';
import type { Rule } from '../../language/tree.ts';
import { lintCodes, type LintCode } from './codes.ts';

/** Collects what lint checks say, each with its place in the rule's text. */
export class Findings {
  readonly #problems: RuleProblem[] = [];
  readonly #locators = new Map<Rule, Locator>();

  get all(): readonly RuleProblem[] {
    return this.#problems;
  }

  /** At the value of this path of keys, or the nearest one around it. */
  at(code: LintCode, rule: Rule, path: readonly string[], message: string): void {
    this.#add(code, rule, this.#locator(rule).place(path), message);
  }

  /** Where the rule's text first says this. */
  atText(code: LintCode, rule: Rule, fragment: string, message: string): void {
    this.#add(code, rule, this.#locator(rule).text(fragment), message);
  }

  #locator(rule: Rule): Locator {
    const known = this.#locators.get(rule) ?? new Locator(rule.source);
    this.#locators.set(rule, known);
    return known;
  }

  #add(code: LintCode, rule: Rule, place: Place, message: string): void {
    this.#problems.push({
      severity: 'warning',
      code,
      message,
      hint: lintCodes[code][1],
      file: rule.source.file,
      ...place,
      ruleId: rule.id,
    });
  }
}
