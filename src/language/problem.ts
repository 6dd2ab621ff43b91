/** What is wrong with a rule. Problems are values: all of a run are collected and shown together. */
export interface RuleProblem {
  readonly severity: 'error' | 'warning';
  /** A stable name from the language's list, e.g. `unknown-modifier`. */
  readonly code: string;
  readonly message: string;
  /** What the author can do about it. */
  readonly hint?: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  readonly ruleId?: string;
}
