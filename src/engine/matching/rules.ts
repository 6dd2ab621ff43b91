import { problemCodes } from '../../language/codes.ts';
import { Locator } from '../../language/locate.ts';
import type { RuleProblem } from '../../language/problem.ts';
import type { LinkedDetection, RuleSet } from '../../language/ruleset.ts';
import type { Expression } from '../../language/tree.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Catalogue } from './catalogue.ts';
import type { Compiler } from './compiler.ts';
import { eachField } from './fields.ts';
import { Disjunction } from './nodes.ts';
import type { Leaf, Node } from './nodes.ts';
import { fillPlaceholders } from './placeholders.ts';
import type { CompiledRule } from './program.ts';
import { eachRefusal } from './refusals.ts';
import type { CompileProblem } from './refusals.ts';
import type { Witness } from './witness.ts';

/** What rules are compiled with. */
export interface RuleContext {
  readonly compiler: Compiler;
  readonly catalogue: Catalogue;
  readonly policy: Policy;
}

/**
 * A rule that can be evaluated. It is compiled when it is first asked for: to choose its witness, or, if it
 * comes with one, when an event may match it.
 */
export class StagedRule implements CompiledRule {
  readonly detection: LinkedDetection;
  readonly #context: RuleContext;
  #isOrdered: boolean | undefined;
  #node: Node | undefined;
  #witness: Witness | undefined;

  constructor(detection: LinkedDetection, context: RuleContext) {
    this.detection = detection;
    this.#context = context;
  }

  /** True if it must wait for the trackers. */
  get ordered(): boolean {
    return (this.#isOrdered ??= isOrdered(this.detection, this.#context.catalogue));
  }

  /** The rule as programs take it: its parts are compiled when they are first asked for. */
  get compiled(): CompiledRule {
    return this;
  }

  /** The rule as nodes, which it shares with others that ask the same. */
  get node(): Node {
    return (this.#node ??= compileDetection(this.detection, this.#context));
  }

  /** The witness of a rule from a pack, which can be looked up before the rule itself is read. */
  get witness(): Witness | undefined {
    const { outline } = this.detection;
    if (this.#witness === undefined && outline?.witness !== undefined) {
      const nodes = outline.witness.map((test) => this.#context.compiler.compile(test));
      if (nodes.every(isLeaf)) this.#witness = nodes;
    }
    return this.#witness;
  }
}

/**
 * Prepares the rules of a set. Those that can not be evaluated are left out, with the reason; so are
 * correlations over them, since `a and not b` would hold whenever b is never judged.
 */
export function stageRules(
  ruleSet: RuleSet,
  context: RuleContext,
): { readonly rules: readonly StagedRule[]; readonly problems: readonly RuleProblem[] } {
  const rules: StagedRule[] = [];
  const problems: RuleProblem[] = [];
  const disabled = new Map<string, RuleProblem>();
  for (const detection of ruleSet.detections) {
    // A list that is missing is named once, however often the rule asks for it.
    const found = new Map<string, RuleProblem>();
    eachRefusal(detection, context.policy, (problem) => {
      found.set(problem.message, located(detection, problem));
    });
    const [cause] = found.values();
    if (cause === undefined) {
      rules.push(new StagedRule(detection, context));
    } else {
      disabled.set(detection.rule.id, cause);
      problems.push(...found.values());
    }
  }
  // They come in the order of what they build on.
  for (const { rule, sources } of ruleSet.correlations) {
    const source = sources.find((id) => disabled.has(id));
    const cause = source === undefined ? undefined : disabled.get(source);
    if (source === undefined || cause === undefined) continue;
    const message = `the rule is disabled: it builds on ${source}, which is disabled`;
    const { file, line } = rule.source;
    const problem = { ...cause, message, file, line, column: 1, ruleId: rule.id };
    disabled.set(rule.id, problem);
    problems.push(problem);
  }
  return { rules, problems };
}

/** Compiles one expression of a rule; what was refused when the rule was prepared never holds. */
export function compileExpression(expression: Expression, context: RuleContext): Node {
  return context.compiler.compile(fillPlaceholders(expression, context.policy));
}

function compileDetection(detection: LinkedDetection, context: RuleContext): Node {
  const nodes = detection.expressions.map((expression) => compileExpression(expression, context));
  const [only] = nodes;
  return only !== undefined && nodes.length === 1 ? only : new Disjunction(nodes);
}

function isLeaf(node: Node): node is Leaf {
  return node.kind === 'field' || node.kind === 'keyword' || node.kind === 'presence';
}

function located(detection: LinkedDetection, problem: CompileProblem): RuleProblem {
  const { source, id } = detection.rule;
  return {
    // A list that an organisation has not defined is its choice; all else is a rule to be mended.
    severity: problemCodes[problem.code][0],
    code: problem.code,
    message: `the rule is disabled: ${problem.message}`,
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
    file: source.file,
    ...new Locator(source).text(problem.fragment),
    ruleId: id,
  };
}

function isOrdered(detection: LinkedDetection, catalogue: Catalogue): boolean {
  return readFields(detection).some((field) => catalogue.isOrdered(field));
}

/**
 * The fields that a rule reads. Selections count too, even those that no condition uses: an alert names which
 * of them hold.
 */
export function readFields(detection: LinkedDetection): readonly string[] {
  if (detection.outline !== undefined) return detection.outline.readFields;
  const fields = new Set<string>();
  for (const expression of [...detection.expressions, ...detection.rule.selections.values()]) {
    eachField(expression, (field) => fields.add(field));
  }
  return [...fields];
}
