import { existsSync } from 'node:fs';

import { createMatcher } from '../../engine/matcher.ts';
import { createEnrichments } from '../../enrichment/index.ts';
import type { RuleProblem } from '../../language/problem.ts';
import type { RuleSet } from '../../language/ruleset.ts';
import type { Policy } from '../../policy/policy.ts';
import { loadPolicy } from '../../runtime/policy-files.ts';
import { filesBelow, loadRules } from '../../runtime/rule-files.ts';
import { lintCodes } from './codes.ts';
import { checkConditions } from './conditions.ts';
import { Findings } from './findings.ts';
import { checkCompleteness, checkNames } from './form.ts';
import { checkSight, unknownFields } from './sight.ts';
import { checkTags } from './tags.ts';
import { checkValues } from './values.ts';

export interface CheckOptions {
  /** Rule files and folders. */
  readonly paths: readonly string[];
  /** Folders of lists, later ones win. */
  readonly lists: readonly string[];
  readonly pipelines: readonly string[];
  /** Refuses Tidegate's extensions of Sigma. */
  readonly portable: boolean;
}

/** All that is wrong with rules, by file and line. */
export interface Checked {
  readonly files: readonly string[];
  readonly rules: number;
  readonly problems: readonly RuleProblem[];
}

/** Compiles rules as a run would, and looks at what compiles but is not meant. */
export function checkRules({ paths, lists, pipelines, portable }: CheckOptions): Checked {
  const files = filesBelow(paths);
  const { ruleSet, problems } = loadRules(paths, { schema: true, portable, pipelines });
  const policy = loadPolicy(lists);
  const all = [
    ...policy.problems,
    ...problems,
    ...compileProblems(ruleSet, policy.policy),
    ...lint(ruleSet),
    ...untested(files, ruleSet),
  ];
  const { detections, correlations } = ruleSet;
  return { files, rules: detections.length + correlations.length, problems: inOrder(all) };
}

/** What compiles but is hardly meant. */
export function lint(ruleSet: RuleSet): readonly RuleProblem[] {
  const findings = new Findings();
  const filesSeen = new Set<string>();
  const meanings = new Map<string, string>();
  for (const linked of [...ruleSet.correlations, ...ruleSet.detections]) {
    const { rule, alerts, meaning } = linked;
    checkNames(rule, !filesSeen.has(rule.source.file), findings);
    filesSeen.add(rule.source.file);
    checkTags(rule, findings);
    checkCompleteness(rule, alerts, findings);
    if (rule.kind === 'detection') {
      checkConditions(rule, findings);
      checkValues(rule, findings);
    }
    const same = meanings.get(meaning);
    if (same === undefined) meanings.set(meaning, rule.title);
    else findings.at('repeated-rule', rule, [], `the rule asks the same as "${same}"`);
  }
  checkSight(ruleSet, findings);
  return [...findings.all, ...unknownFields(ruleSet)];
}

function compileProblems(ruleSet: RuleSet, policy: Policy): readonly RuleProblem[] {
  return createMatcher({ ruleSet, policy, enrichments: createEnrichments(policy) }).problems;
}

// Only where rules have tests at all: a folder of somebody else's rules has none.
function untested(files: readonly string[], ruleSet: RuleSet): readonly RuleProblem[] {
  const testOf = (file: string): string => file.replace(/\.ya?ml$/, '.test.yml');
  const isTested = new Map(files.map((file) => [file, existsSync(testOf(file))]));
  if (![...isTested.values()].includes(true)) return [];
  const findings = new Findings();
  for (const { rule } of [...ruleSet.correlations, ...ruleSet.detections]) {
    const { file } = rule.source;
    if (isTested.get(file) !== false) continue;
    isTested.set(file, true);
    findings.at('without-tests', rule, [], lintCodes['without-tests'][0]);
  }
  return findings.all;
}

function inOrder(problems: readonly RuleProblem[]): readonly RuleProblem[] {
  const compare = (a: RuleProblem, b: RuleProblem): number =>
    a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
  return problems.toSorted(compare);
}
