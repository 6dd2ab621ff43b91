import { detectionMeaning } from './canonical.ts';
import type { CanonicalMemory } from './canonical.ts';
import { linkCorrelations } from './link-correlations.ts';
import { filtersFor, usableFilters } from './link-filters.ts';
import type { UsableFilter } from './link-filters.ts';
import { LinkProblems } from './link-problems.ts';
import { buildExpression } from './expression.ts';
import { statuses } from './header.ts';
import { quote } from './reporter.ts';
import type { LinkedDetection, RuleSet } from './ruleset.ts';
import type { DetectionRule, Expression, Rule, Status } from './tree.ts';

export interface LinkOptions {
  /** The least proven status that is loaded; deprecated and unsupported rules are skipped by default. */
  readonly minimumStatus?: Status;
  /** `YYYY-MM-DD`; filters whose custom key `expires` is before it are not applied. */
  readonly today?: string;
}

/** A detection whose conditions are put together. */
export interface DetectionDraft {
  readonly rule: DetectionRule;
  readonly expressions: readonly Expression[];
  /** Its digest, computed when it is first asked for. */
  readonly meaning: () => string;
}

/** Resolves references between rules, applies filters and gives every rule its meaning digest. */
export function linkRules(rules: readonly Rule[], options: LinkOptions = {}): RuleSet {
  const problems = new LinkProblems();
  const usable = uniqueRules(
    rules.filter((rule) => isWanted(rule, options.minimumStatus ?? 'experimental', problems)),
    problems,
  );
  const filters = usableFilters(usable, options.today, problems);
  const memory: CanonicalMemory = new WeakMap();
  const drafts: DetectionDraft[] = [];
  for (const rule of usable) {
    if (rule.kind !== 'detection') continue;
    const expressions = linkDetection(rule, filters, problems);
    if (expressions !== undefined) drafts.push(draftOf(rule, expressions, memory));
  }
  for (const { filter, narrowed } of filters) {
    if (narrowed.size > 0) continue;
    problems.add('filter-unused', filter, ['filter', 'rules'], 'the filter narrows no loaded rule');
  }
  const { correlations, silenced } = linkCorrelations(usable, drafts, problems);
  return {
    detections: drafts.map((draft) => linkedDetection(draft, !silenced.has(draft.rule.id))),
    correlations,
    problems: problems.all,
  };
}

function isWanted(rule: Rule, minimum: Status, problems: LinkProblems): boolean {
  if (rule.taxonomy !== undefined && rule.taxonomy !== 'sigma') {
    const message = `the rule uses the taxonomy ${quote(rule.taxonomy)}`;
    const hint = 'Map it with a pipeline that sets the taxonomy to sigma.';
    problems.add('foreign-taxonomy', rule, ['taxonomy'], message, hint);
    return false;
  }
  if (rule.status === undefined) return true;
  if (statuses.indexOf(rule.status) <= statuses.indexOf(minimum)) return true;
  const message = `not loaded: its status is ${rule.status}, at least ${minimum} is asked for`;
  problems.add('skipped-status', rule, ['status'], message);
  return false;
}

// Ids and names share one space, since references may use either. The first keeps its place.
function uniqueRules(rules: readonly Rule[], problems: LinkProblems): readonly Rule[] {
  const owners = new Map<string, Rule>();
  const unique: Rule[] = [];
  for (const rule of rules) {
    const owner = owners.get(rule.id) ?? owners.get(rule.name ?? rule.id);
    if (owner !== undefined) {
      const key = owners.has(rule.id) ? 'id' : 'name';
      const where = `${owner.source.file}:${String(owner.source.line)}`;
      const taken = quote(key === 'id' ? rule.id : (rule.name ?? ''));
      const message = `the ${key} ${taken} is already taken by ${where}`;
      problems.add('duplicate-id', rule, [key], message, 'Only the first of them is loaded.');
      continue;
    }
    owners.set(rule.id, rule);
    if (rule.name !== undefined) owners.set(rule.name, rule);
    unique.push(rule);
  }
  return unique;
}

/** One expression for each condition of the rule, or undefined with a problem. */
function linkDetection(
  rule: DetectionRule,
  filters: readonly UsableFilter[],
  problems: LinkProblems,
): readonly Expression[] | undefined {
  const narrowing = filtersFor(rule, filters);
  const expressions: Expression[] = [];
  for (const { tree } of rule.conditions) {
    const built = buildExpression(tree, rule.selections);
    if ('reason' in built) {
      problems.add('condition-too-large', rule, ['detection', 'condition'], built.reason);
      return undefined;
    }
    const operands = [built.expression, ...narrowing];
    expressions.push(operands.length === 1 ? built.expression : { kind: 'and', operands });
  }
  return expressions;
}

// Digests are a sixth of the time of reading thousands of rules, and few rules ever alert.
function draftOf(
  rule: DetectionRule,
  expressions: readonly Expression[],
  memory: CanonicalMemory,
): DetectionDraft {
  let meaning: string | undefined;
  return {
    rule,
    expressions,
    meaning: () => (meaning ??= detectionMeaning(rule.logsource, expressions, memory)),
  };
}

function linkedDetection(
  { rule, expressions, meaning }: DetectionDraft,
  alerts: boolean,
): LinkedDetection {
  return {
    rule,
    expressions,
    alerts,
    get meaning(): string {
      return meaning();
    },
  };
}
