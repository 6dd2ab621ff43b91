import type { RuleProblem } from '../language/problem.ts';
import type { Detector } from './detector.ts';
import type { Logger } from './log.ts';
import type { Reload } from './rules-in-force.ts';

/** Of a long list the log shows the beginning; its length is said too. */
const SHOWN_MAX = 20;

/** Says which rules a start has found. */
export function logRules(log: Logger, { ruleSet, problems }: Detector): void {
  const errors = problems.filter(({ severity }) => severity === 'error');
  logProblems(log, errors);
  const rules = ruleSet.detections.length + ruleSet.correlations.length;
  log.info({ rules, broken: errors.length }, 'rules are loaded');
}

/** Says what reading the rules again has changed, or why it has changed nothing. */
export function logReload(log: Logger, outcome: Reload): void {
  switch (outcome.kind) {
    case 'unchanged':
      log.info('rules, lists and pipelines say what they said before');
      return;
    case 'refused':
      logProblems(log, outcome.problems);
      log.error({ why: outcome.why }, 'the rules in force stay: the new ones are not right');
      return;
    case 'taken': {
      const { changes, off } = outcome;
      const lists = Object.entries({ ...changes, off }).filter(([, ids]) => ids.length > 0);
      const shown = lists.map(([name, ids]): [string, unknown] => [
        name,
        { count: ids.length, ids: ids.slice(0, SHOWN_MAX) },
      ]);
      log.info(Object.fromEntries(shown), 'rules are loaded again');
    }
  }
}

function logProblems(log: Logger, problems: readonly RuleProblem[]): void {
  for (const { file, line, code, message } of problems.slice(0, SHOWN_MAX)) {
    log.warn({ file, line, code }, message);
  }
}
