import { createEngine, defaultLimits } from '../engine/create.ts';
import type { Detection, EngineLimits } from '../engine/engine.ts';
import { createMatcher } from '../engine/matcher.ts';
import type { Matcher } from '../engine/matcher.ts';
import { createEnrichments } from '../enrichment/index.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { EventTime, RawRecord } from '../event/record.ts';
import { linkRules } from '../language/link.ts';
import type { RuleProblem } from '../language/problem.ts';
import { readRules } from '../language/read.ts';
import type { RuleSet } from '../language/ruleset.ts';
import type { Rule } from '../language/tree.ts';
import type { Policy } from '../policy/policy.ts';
import { recordedBeside } from './recorded-events.ts';
import { SelectionWatch } from './selection-coverage.ts';
import type { SelectionCoverage } from './selection-coverage.ts';
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

/** How the cases of one file went, and what they have seen of its selections. */
export interface RuleTestRun {
  readonly results: readonly RuleTestResult[];
  /** Empty when the rules do not load. */
  readonly coverage: readonly SelectionCoverage[];
}

export interface RuleTestOptions {
  readonly policy: Policy;
  readonly limits?: EngineLimits;
  /** Rules of other files, by id and by name, that correlations and filters may refer to. */
  readonly others?: (reference: string) => Rule | undefined;
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
  return files.flatMap((file) => testRules(file, { policy, limits }).results);
}

/** Runs the cases of one file, each on a fresh engine. */
export function testRules(file: RuleTests, options: RuleTestOptions): RuleTestRun {
  const { path, text } = file.tests;
  const { policy, limits = defaultLimits } = options;
  const failed = (name: string, line: number, reasons: readonly string[]): RuleTestResult => ({
    file: path,
    line,
    name,
    passed: false,
    reasons,
  });
  const ended = (result: RuleTestResult): RuleTestRun => ({ results: [result], coverage: [] });
  const read = readRules(file.rules.text, file.rules.path);
  const ruleSet = linkRules(withReferences(read.rules, options.others));
  const matcher = createMatcher({ ruleSet, policy, enrichments: createEnrichments(policy) });
  const broken = [...read.problems, ...ruleSet.problems].filter(isError);
  if (broken.length > 0) return ended(failed('the rules load', 1, broken.map(inWords)));
  const tests = readTestFile(text, recordedBeside(path));
  const unreadable = tests.problems.map(({ message, line }) =>
    failed('the test file is readable', line, [message]),
  );
  if (tests.cases.length === 0 && unreadable.length === 0) {
    return ended(failed('the test file has cases', 1, ['it has none']));
  }
  const own = ruleSet.detections.filter(({ rule }) => rule.source.file === file.rules.path);
  const watch = new SelectionWatch(own);
  const bench: CaseBench = { ruleSet, policy, limits, matcher: watch.watch(matcher) };
  const results = tests.cases.map((testCase): RuleTestResult => {
    const reasons = runCase(testCase, bench);
    watch.endCase();
    if (reasons.length > 0) return failed(testCase.name, testCase.line, reasons);
    return { file: path, line: testCase.line, name: testCase.name, passed: true, reasons };
  });
  return { results: [...unreadable, ...results], coverage: watch.coverage };
}

// Rules of other files come along where these refer to them, with what they refer to themselves.
function withReferences(
  rules: readonly Rule[],
  others: RuleTestOptions['others'],
): readonly Rule[] {
  if (others === undefined) return rules;
  const all = [...rules];
  const known = new Set(rules.flatMap(({ id, name }) => (name === undefined ? [id] : [id, name])));
  for (const rule of all) {
    for (const reference of referencesOf(rule)) {
      const other = known.has(reference) ? undefined : others(reference);
      if (other === undefined) continue;
      all.push(other);
      known.add(other.id);
      if (other.name !== undefined) known.add(other.name);
    }
  }
  return all;
}

function referencesOf(rule: Rule): readonly string[] {
  if (rule.kind === 'correlation') return rule.correlation.rules;
  return rule.kind === 'filter' && rule.rules !== 'any' ? rule.rules : [];
}

/** What all cases of a file run with. */
interface CaseBench {
  readonly ruleSet: RuleSet;
  readonly policy: Policy;
  readonly limits: EngineLimits;
  readonly matcher: Matcher;
}

function runCase(testCase: RuleTestCase, bench: CaseBench): readonly string[] {
  const { ruleSet, policy, limits, matcher } = bench;
  if (matcher.problems.length > 0) return matcher.problems.map(inWords);
  const { events, start, expected } = testCase;
  const enrichments = createEnrichments(policy);
  const keyOf = ({ position }: Pick<RawRecord, 'position'>, index: number): string =>
    JSON.stringify([position.source, position.offset, index]);
  // Asked for by the evidence of alerts alone.
  let byOrigin: ReadonlyMap<string, TelemetryEvent> | undefined;
  const revive = (record: RawRecord, index: number): TelemetryEvent | undefined => {
    byOrigin ??= new Map(
      events.map((each) => [keyOf(each.origin.record, each.origin.index), each]),
    );
    return byOrigin.get(keyOf(record, index));
  };
  const engine = createEngine({ ruleSet, matcher, enrichments, limits, revive });
  const raised: RaisedAlert[] = [];
  const emit = (detection: Detection): void => note(detection, start, raised);
  engine.observe(events, emit);
  engine.advance(Number.MAX_SAFE_INTEGER, emit);
  const { late, duplicates } = engine.statistics();
  if (late + duplicates > 0) return ['the engine took events of the case for late or repeated'];
  return compare(expected, raised);
}

function note(detection: Detection, start: EventTime, raised: RaisedAlert[]): void {
  const { rule, phase, key, host, count } = detection;
  const named = key.map(({ value }) => value ?? '').join('/');
  if (phase === 'opened') {
    raised.push({
      rule: rule.name ?? rule.id,
      ruleId: rule.id,
      atMs: (detection.window?.to ?? detection.lastTime) - start,
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
