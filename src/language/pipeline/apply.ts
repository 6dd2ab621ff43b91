import type { LogsourcePattern } from '../../event/logsource.ts';
import { freeze } from '../freeze.ts';
import { normalReference } from '../header.ts';
import { LinkProblems } from '../link-problems.ts';
import type { RuleProblem } from '../problem.ts';
import type { CorrelationRule, Expression, Rule } from '../tree.ts';
import { passes } from './gate.ts';
import { mapItems, mapLeaves } from '../walk.ts';
import type { Item } from '../walk.ts';
import type { Pipeline, Run, Step } from './pipeline.ts';

/** The rules as a pipeline leaves them; one that it refuses is left out, with a problem. */
export interface AppliedPipeline {
  readonly rules: readonly Rule[];
  readonly problems: readonly RuleProblem[];
}

/** Sends every rule through the pipeline. Run it after reading and before linking. */
export function applyPipeline(rules: readonly Rule[], pipeline: Pipeline): AppliedPipeline {
  const problems = new LinkProblems();
  const references = new Map<string, Rule>();
  for (const rule of rules) {
    references.set(rule.id, rule);
    if (rule.name !== undefined) references.set(rule.name, rule);
  }
  const applied: Rule[] = [];
  for (const rule of rules) {
    const done = new RuleRun(rule, pipeline, logsourcesOf(rule, references), problems).finish();
    if (done !== undefined) applied.push(freeze(done));
  }
  return { rules: applied, problems: problems.all };
}

function logsourcesOf(
  rule: Rule,
  references: ReadonlyMap<string, Rule>,
): readonly LogsourcePattern[] {
  if (rule.kind !== 'correlation') return [rule.logsource];
  const found: LogsourcePattern[] = [];
  const seen = new Set<Rule>([rule]);
  for (const each of seen) {
    if (each.kind !== 'correlation') {
      found.push(each.logsource);
      continue;
    }
    for (const reference of each.correlation.rules) {
      const target = references.get(normalReference(reference));
      if (target !== undefined) seen.add(target);
    }
  }
  return found;
}

class RuleRun implements Run {
  readonly pipeline: Pipeline;
  readonly state = new Map<string, string>();
  readonly applied = new Set<string>();
  readonly appliedToItem = new Map<Expression, ReadonlySet<string>>();
  readonly appliedToField = new Map<string, Set<string>>();
  readonly #correlated: readonly LogsourcePattern[];
  readonly #problems: LinkProblems;
  #rule: Rule;
  #failed = false;

  constructor(
    rule: Rule,
    pipeline: Pipeline,
    logsources: readonly LogsourcePattern[],
    problems: LinkProblems,
  ) {
    this.#rule = rule;
    this.pipeline = pipeline;
    this.#correlated = logsources;
    this.#problems = problems;
  }

  get rule(): Rule {
    return this.#rule;
  }

  get logsources(): readonly LogsourcePattern[] {
    return this.#rule.kind === 'correlation' ? this.#correlated : [this.#rule.logsource];
  }

  readonly fail = (message: string): void => {
    this.#failed = true;
    this.#problems.add('pipeline-failure', this.#rule, [], message);
  };

  finish(): Rule | undefined {
    for (const step of this.pipeline.steps) {
      if (!passes(step.rules, (test) => test(this))) continue;
      this.#step(step);
      if (this.#failed) return undefined;
      if (step.id !== undefined) this.applied.add(step.id);
    }
    return this.#rule;
  }

  #step(step: Step): void {
    const { transformation } = step;
    switch (transformation.scope) {
      case 'rule':
        this.#rule = transformation.change(this.#rule, this);
        break;
      case 'item':
        this.#eachItem(step, (item) => transformation.change(item, this));
        break;
      case 'field':
        this.#eachItem(step, (item) => this.#renameItem(item, step));
        this.#renameRest(step);
        break;
    }
  }

  #eachItem(step: Step, change: (item: Item) => Expression | undefined): void {
    const rule = this.#rule;
    if (rule.kind === 'correlation') return;
    const selections = new Map<string, Expression>();
    for (const [name, expression] of rule.selections) {
      const changed = mapItems(expression, (item) => this.#item(item, step, change));
      if (changed === undefined) return this.fail(`nothing is left of the selection "${name}"`);
      selections.set(name, changed);
    }
    this.#rule = { ...rule, selections };
  }

  #item(
    item: Item,
    step: Step,
    change: (item: Item) => Expression | undefined,
  ): Expression | undefined {
    const isMeant =
      passes(step.items, (test) => test(item, this)) &&
      passes(step.fields, (test) => test(item.field, this));
    if (!isMeant) return item.expression;
    const changed = change(item);
    if (step.id !== undefined && changed !== undefined && changed !== item.expression) {
      const before = this.appliedToItem.get(item.expression) ?? [];
      const ids = new Set([...before, step.id]);
      // Conditions see the parts as items of their own when one became several.
      mapItems(changed, ({ expression }) => {
        this.appliedToItem.set(expression, ids);
        return expression;
      });
    }
    return changed;
  }

  #renameItem(item: Item, step: Step): Expression {
    if (item.field === undefined) return item.expression;
    const names = this.#names(item.field, step);
    const copies = names.map((name) =>
      mapLeaves(item.expression, (leaf) => {
        if (leaf.kind === 'keyword') return leaf;
        if (leaf.kind !== 'field' || leaf.match.kind !== 'fieldref')
          return { ...leaf, field: name };
        const { match } = leaf;
        const [first, ...others] = this.#names(match.field, step);
        const renamed = [first ?? match.field, ...others].map(
          (field) => ({ ...leaf, field: name, match: { ...match, field } }) as const,
        );
        return joinAny(renamed);
      }),
    );
    return joinAny(copies);
  }

  #names(field: string, { transformation, id, fields }: Step): readonly string[] {
    if (transformation.scope !== 'field') return [field];
    if (!passes(fields, (test) => test(field, this))) return [field];
    const names = transformation.rename(field, this);
    if (names.length === 1 && names[0] === field) return names;
    if (id !== undefined) {
      for (const name of names) {
        const ids = this.appliedToField.get(name) ?? new Set<string>();
        this.appliedToField.set(name, ids.add(id));
      }
    }
    return names.length === 0 ? [field] : names;
  }

  #renameRest(step: Step): void {
    const fields = this.#rule.fields.flatMap((field) => this.#names(field, step));
    this.#rule = { ...this.#rule, fields };
    if (this.#rule.kind === 'correlation') this.#rule = this.#renameCorrelation(this.#rule, step);
  }

  #renameCorrelation(rule: CorrelationRule, step: Step): CorrelationRule {
    const { correlation } = rule;
    const one = (field: string): string => {
      if (correlation.aliases.has(field)) return field;
      const names = this.#names(field, step);
      if (names.length > 1) {
        this.fail(`the correlation's field "${field}" is mapped to several: ${names.join(', ')}`);
      }
      return names[0] ?? field;
    };
    const aliases = new Map(
      [...correlation.aliases].map(([alias, fields]) => [
        alias,
        new Map([...fields].map(([reference, field]) => [reference, one(field)])),
      ]),
    );
    const { condition } = correlation;
    const renamed =
      condition.kind === 'threshold'
        ? { ...condition, fields: condition.fields.map(one) }
        : condition;
    const groupBy = correlation.groupBy.map(one);
    return { ...rule, correlation: { ...correlation, groupBy, aliases, condition: renamed } };
  }
}

function joinAny(expressions: readonly Expression[]): Expression {
  const [first] = expressions;
  return first !== undefined && expressions.length === 1
    ? first
    : { kind: 'or', operands: expressions };
}
