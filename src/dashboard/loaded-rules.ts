import type { LinkedCorrelation, LinkedDetection, RuleSet } from '../language/ruleset.ts';
import type { RuleProblem } from '../language/problem.ts';
import type { LogsourcePattern } from '../event/logsource.ts';
import type { LoadedRule } from './api/pipeline-shapes.ts';

/** The parts of a detector that say which rules are in force. */
export interface RulesInForce {
  readonly ruleSet: RuleSet;
  readonly unserved: readonly LinkedDetection[];
  readonly disabled: readonly RuleProblem[];
  readonly problems: readonly RuleProblem[];
}

/** Rules as the dashboard shows them, read when they are first asked for. */
export class LoadedRules {
  readonly #detector: RulesInForce;
  #rules: readonly LoadedRule[] | undefined;
  #texts = new Map<string, string>();

  constructor(detector: RulesInForce) {
    this.#detector = detector;
  }

  all(): readonly LoadedRule[] {
    this.#rules ??= this.#read();
    return this.#rules;
  }

  text(id: string): string | undefined {
    this.all();
    return this.#texts.get(id);
  }

  #read(): readonly LoadedRule[] {
    const { ruleSet, unserved, disabled, problems } = this.#detector;
    const blind = new Set(unserved.map(({ rule }) => rule.id));
    const off = new Map(disabled.map(({ ruleId, message }) => [ruleId, message]));
    const reasons = new Map(
      problems
        .filter(({ code }) => code === 'unserved-logsource')
        .map(({ ruleId, message }) => [ruleId, message]),
    );
    const rules = [...ruleSet.correlations, ...ruleSet.detections].map((linked): LoadedRule => {
      const { id } = linked.rule;
      this.#texts.set(id, linked.rule.source.text.replace(/^---[^\n]*\n/, ''));
      const state = off.has(id) ? 'off' : blind.has(id) ? 'blind' : 'on';
      return ruleOf(linked, state, off.get(id) ?? reasons.get(id) ?? null);
    });
    return [...rules, ...brokenRules(problems)];
  }
}

function ruleOf(
  { rule, alerts, ...linked }: LinkedCorrelation | LinkedDetection,
  state: LoadedRule['state'],
  reason: string | null,
): LoadedRule {
  const guide = rule.custom.get('guide');
  return {
    id: rule.id,
    title: rule.title,
    kind: rule.kind,
    alerts,
    level: rule.level,
    status: rule.status ?? null,
    description: rule.description ?? null,
    author: rule.author ?? null,
    modified: rule.modified ?? rule.date ?? null,
    tags: rule.tags,
    references: rule.references,
    falsePositives: rule.falsepositives,
    guide: typeof guide === 'string' ? guide : null,
    logsource: rule.kind === 'detection' ? logsourceOf(rule.logsource) : null,
    file: rule.source.file,
    line: rule.source.line,
    state,
    reason,
    uses: 'sources' in linked ? linked.sources : [],
  };
}

/** Files that hold a rule which is not in force; one entry a file, with its first problem. */
function brokenRules(problems: readonly RuleProblem[]): readonly LoadedRule[] {
  const byFile = new Map<string, RuleProblem>();
  for (const problem of problems) {
    if (problem.severity === 'error' && !byFile.has(problem.file))
      byFile.set(problem.file, problem);
  }
  return [...byFile.values()].map(({ file, line, message, ruleId }) => ({
    id: ruleId ?? `${file}:${line}`,
    title: file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1),
    kind: 'detection',
    alerts: false,
    level: 'informational',
    status: null,
    description: null,
    author: null,
    modified: null,
    tags: [],
    references: [],
    falsePositives: [],
    guide: null,
    logsource: null,
    file,
    line,
    state: 'broken',
    reason: message,
    uses: [],
  }));
}

function logsourceOf({ product, category, service }: LogsourcePattern): Record<string, string> {
  return {
    ...(product === undefined ? {} : { product }),
    ...(category === undefined ? {} : { category }),
    ...(service === undefined ? {} : { service }),
  };
}
