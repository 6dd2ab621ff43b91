import { readFileSync } from 'node:fs';

import { readRules } from '../../language/read.ts';
import type { Rule } from '../../language/tree.ts';
import type { Policy } from '../../policy/policy.ts';
import { loadPolicy } from '../../runtime/policy-files.ts';
import { filesBelow } from '../../runtime/rule-files.ts';
import { testRules, type RuleTestRun } from '../rule-test.ts';
import { readRuleTests } from '../rule-test-files.ts';

/** Where the tests of a run find what they need beside their own files. */
export interface TestSettings {
  /** Folders of lists, later ones win. */
  readonly lists: readonly string[];
  /** Rule files and folders that correlations and filters may refer to. */
  readonly rules: readonly string[];
}

/** How the tests of one file went. */
export interface FileRun extends RuleTestRun {
  readonly file: string;
  /** Wall-clock time. */
  readonly ms: number;
}

/** Runs test files one after the other, with the same lists. */
export class FileTester {
  readonly #policy: Policy;
  readonly #rules: readonly string[];
  #library: ReadonlyMap<string, Rule> | undefined;

  constructor({ lists, rules }: TestSettings) {
    this.#policy = loadPolicy(lists).policy;
    this.#rules = rules;
  }

  run(testPath: string): FileRun {
    const started = performance.now();
    const others = (reference: string): Rule | undefined => this.#find(reference);
    const run = testRules(readRuleTests(testPath), { policy: this.#policy, others });
    return { file: testPath, ms: performance.now() - started, ...run };
  }

  // Read once, and only if some rule refers to another file.
  #find(reference: string): Rule | undefined {
    this.#library ??= new Map(
      filesBelow(this.#rules)
        .flatMap((file) => readRules(readFileSync(file, 'utf8'), file).rules)
        .flatMap((rule) => [
          [rule.id, rule] as const,
          ...(rule.name === undefined ? [] : [[rule.name, rule] as const]),
        ]),
    );
    return this.#library.get(reference);
  }
}
