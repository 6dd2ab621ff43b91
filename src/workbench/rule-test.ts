import { createEngine, defaultLimits } from '../engine/create.ts';
import type { Detection, EngineLimits } from '../engine/engine.ts';
import { createMatcher } from '../engine/matcher.ts';
import { createEnrichments } from '../enrichment/index.ts';
import { linkRules } from '../language/link.ts';
import type { RuleProblem } from '../language/problem.ts';
import { readRules } from '../language/read.ts';
import type { RuleSet } from '../language/ruleset.ts';
import type { Policy } from '../policy/policy.ts';
import { CASE_START } from './test-events.ts';
import { readTestFile } from './test-file.ts';
import type { ExpectedAlert, RuleTestCase } from './test-file.ts';

/** A file's path and text. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** A rule file and the tests beside it. */
export interface RuleTests {
  readonly rules: TextFile;
  readonly tests: TextFile;
}

/** How one case went; `reasons` is empty when it passed. */
export interface RuleTestResult {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly passed: boolean;
  readonly reasons: readonly string[];
}

interface RaisedAlert {
  readonly rule: string;
  readonly ruleId: string;
  readonly atMs: number;
  readonly key: string;
  count: number;
}

/** Runs the cases of these files, each on a fresh engine, with the policy's lists. */
export function runRuleTests(
  files: readonly RuleTests[],
  policy: Policy,
  limits: EngineLimits = defaultLimits,
): readonly RuleTestResult[] {
  return files.flatMap((file) => runFile(file, policy, limits));
}

function runFile(file: RuleTests, policy: Policy, limits: EngineLimits): RuleTestResult[] {
  const { path } = file.tests;
  const failed = (name: string, line: number, reasons: readonly string[]): RuleTestResult => ({
    file: path,
    line,
    name,
    passed: false,
    reasons,
  });
  const read = readRules(file.rules.text, file.rules.path);
  const ruleSet = linkRules(read.rules);
  const broken = [...read.problems, ...ruleSet.problems].filter(isError);
  if (broken.length > 0) return [failed('the rules load', 1, broken.map(inWords))];
  const tests = readTestFile(file.tests.text);
  const unreadable = tests.problems.map(({ message, line }) =>
    failed('the test file is readable', line, [message]),
  );
  if (tests.cases.length === 0 && unreadable.length === 0) {
    return [failed('the test file has cases', 1, ['it has none'])];
  }
  const results = tests.cases.map((testCase): RuleTestResult => {
    const reasons = runCase(testCase, ruleSet, policy, limits);
    if (reasons.length > 0) return failed(testCase.name, testCase.line, reasons);
    return { file: path, line: testCase.line, name: testCase.name, passed: true, reasons };
  });
  return [...unreadable, ...results];
}

function runCase(
  testCase: RuleTestCase,
  ruleSet: RuleSet,
  policy: Policy,
  limits: EngineLimits,
): readonly string[] {
  const enrichments = createEnrichments(policy);
  const matcher = createMatcher({ ruleSet, policy, enrichments });
  const disabled = matcher.problems;
  if (disabled.length > 0) return disabled.map(inWords);
  const byOffset = new Map(testCase.events.map((event) => [event.position.offset, event]));
  const revive = (record: { readonly position: { readonly offset: number } }) =>
    byOffset.get(record.position.offset);
  const engine = createEngine({ ruleSet, matcher, enrichments, limits, revive });
  const raised: RaisedAlert[] = [];
  const emit = (detection: Detection): void => note(detection, raised);
  engine.observe(testCase.events, emit);
  engine.advance(Number.MAX_SAFE_INTEGER, emit);
  const { late, duplicates } = engine.statistics();
  if (late + duplicates > 0) return ['the engine took events of the case for late or repeated'];
  return compare(testCase.expected, raised);
}

function note(detection: Detection, raised: RaisedAlert[]): void {
  const { rule, phase, key, host, count } = detection;
  const named = key.map(({ value }) => value ?? '').join('/');
  if (phase === 'opened') {
    raised.push({
      rule: rule.name ?? rule.id,
      ruleId: rule.id,
      atMs: (detection.window?.to ?? detection.lastTime) - CASE_START,
      key: named === '' ? host : named,
      count,
    });
    return;
  }
  const open = raised.findLast((alert) => alert.ruleId === rule.id && alert.key === named);
  if (open !== undefined) open.count = count;
}

// Every alert must be expected and every expectation met, each once.
function compare(
  expected: readonly ExpectedAlert[],
  raised: readonly RaisedAlert[],
): readonly string[] {
  const left = [...raised];
  const reasons: string[] = [];
  for (const want of expected) {
    const found = left.findIndex((alert) => isMeant(want, alert));
    if (found < 0) reasons.push(`missing: ${wantedInWords(want)}`);
    else left.splice(found, 1);
  }
  for (const alert of left) reasons.push(`not expected: ${raisedInWords(alert)}`);
  return reasons;
}

function isMeant(want: ExpectedAlert, alert: RaisedAlert): boolean {
  return (
    want.atMs === alert.atMs &&
    want.key === alert.key &&
    (want.rule === undefined || want.rule === alert.rule || want.rule === alert.ruleId) &&
    (want.count === undefined || want.count === alert.count)
  );
}

function wantedInWords(want: ExpectedAlert): string {
  const rule = want.rule === undefined ? 'an alert' : want.rule;
  const count = want.count === undefined ? '' : `, ${String(want.count)} events`;
  return `${rule} at ${String(want.atMs)} ms for ${want.key}${count}`;
}

function raisedInWords(alert: RaisedAlert): string {
  return `${alert.rule} at ${String(alert.atMs)} ms for ${alert.key}, ${String(alert.count)} events`;
}

function isError(problem: RuleProblem): boolean {
  return problem.severity === 'error';
}

function inWords({ file, line, message }: RuleProblem): string {
  return `${file}:${String(line)}: ${message}`;
}
