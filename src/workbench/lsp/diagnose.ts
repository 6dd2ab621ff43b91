import { existsSync, readFileSync } from 'node:fs';

import { createMatcher } from '../../engine/matcher.ts';
import { createEnrichments } from '../../enrichment/index.ts';
import { linkRules } from '../../language/link.ts';
import type { RuleProblem } from '../../language/problem.ts';
import { readRules } from '../../language/read.ts';
import type { Rule } from '../../language/tree.ts';
import { lint } from '../lint/check.ts';
import { testRules } from '../rule-test.ts';
import { isRuleFile, type Workspace } from './workspace.ts';

/** What is wrong with an open file; lines and columns count from 1. */
export function diagnose(file: string, text: string, workspace: Workspace): readonly RuleProblem[] {
  if (file.endsWith('.test.yml')) return failedTests(file, text, workspace);
  return isRuleFile(file) ? ruleProblems(file, text, workspace) : [];
}

function ruleProblems(file: string, text: string, workspace: Workspace): readonly RuleProblem[] {
  const read = readRules(text, file, { schema: true });
  // Rules of other files come along where these refer to them, and nothing is said of them here.
  const ruleSet = linkRules(withReferences(read.rules, workspace));
  const { policy } = workspace;
  const matcher = createMatcher({ ruleSet, policy, enrichments: createEnrichments(policy) });
  const all = [...read.problems, ...ruleSet.problems, ...matcher.problems, ...lint(ruleSet)];
  return all.filter((problem) => problem.file === file);
}

function withReferences(rules: readonly Rule[], workspace: Workspace): readonly Rule[] {
  const all = [...rules];
  const known = new Set(all.flatMap(({ id, name }) => [id, name]));
  for (const rule of all) {
    const references =
      rule.kind === 'correlation'
        ? rule.correlation.rules
        : rule.kind === 'filter' && rule.rules !== 'any'
          ? rule.rules
          : [];
    for (const reference of references) {
      const other = known.has(reference) ? undefined : workspace.find(reference);
      if (other === undefined || known.has(other.id)) continue;
      all.push(other);
      known.add(other.id).add(other.name).add(reference);
    }
  }
  return all;
}

function failedTests(file: string, text: string, workspace: Workspace): readonly RuleProblem[] {
  const path = file.replace(/\.test\.yml$/, '.yml');
  const rules =
    workspace.textOf(path) ?? (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
  if (rules === undefined) {
    const message = `${path}: not there; a test file stands beside the rule file of its name`;
    return [{ severity: 'error', code: 'test', message, file, line: 1, column: 1 }];
  }
  const run = testRules(
    { rules: { path, text: rules }, tests: { path: file, text } },
    { policy: workspace.policy, others: (reference) => workspace.find(reference) },
  );
  return run.results
    .filter(({ passed }) => !passed)
    .map(({ name, line, reasons }) => ({
      severity: 'error',
      code: 'test',
      message: `${name}: ${reasons.join('; ')}`,
      file,
      line,
      column: 1,
    }));
}
