import type { FieldValue, TelemetryEvent } from '../event/event.ts';
import { fitsLogsource } from '../event/logsource.ts';
import type { Logsource } from '../event/logsource.ts';
import type { Enrichments } from '../enrichment/enrichment.ts';
import type { RuleProblem } from '../language/problem.ts';
import type { LinkedDetection, RuleSet } from '../language/ruleset.ts';
import type { Policy } from '../policy/policy.ts';
import { CLOCK_SKEW_FIELD } from './clock.ts';
import { Catalogue } from './matching/catalogue.ts';
import { Compiler } from './matching/compiler.ts';
import { Frame } from './matching/frame.ts';
import { gateOf, isAlways, needsPresence } from './matching/gate.ts';
import { memoCharactersMax } from './matching/limits.ts';
import { MemoBudget } from './matching/memo.ts';
import type { Node } from './matching/nodes.ts';
import { Program } from './matching/program.ts';
import type { CompiledRule } from './matching/program.ts';
import { compileExpression, readFields, stageRules } from './matching/rules.ts';
import type { RuleContext, StagedRule } from './matching/rules.ts';

/**
 * When a rule can be judged: as its event arrives, or once trackers have seen everything before it.
 */
export type Stage = 'arrival' | 'ordered';

/** Says which rules an event matches. */
export interface Matcher {
  /** Evaluates the rules of this stage on the event and calls back once per rule that matched. */
  match(event: TelemetryEvent, stage: Stage, hit: (detection: LinkedDetection) => void): void;
  /** True if some rule for this log source reads a tracker's field. */
  waits(logsource: Logsource): boolean;
  /** True if some rule reads a tracker's field. */
  readonly hasOrdered: boolean;
  /**
   * False if no rule of the ordered stage can match the event, whatever trackers will know by its
   * turn: most events of a log source have nothing that its rules look for, and need not wait.
   */
  mayMatch(event: TelemetryEvent): boolean;
  /** True if no rule of the ordered stage can match an event of which trackers know nothing. */
  needsTracked(logsource: Logsource): boolean;
  /**
   * Names of the selections of this rule that hold for the event, and of several conditions those
   * that do; only called for alerts.
   */
  matchedSelections(detection: LinkedDetection, event: TelemetryEvent): readonly string[];
  /** The computed fields of an event that this rule matched, as an alert shows them; only called for hits. */
  computed(detection: LinkedDetection, event: TelemetryEvent): readonly Computed[];
  /** The value of a field, computed now if nothing has asked for it before; only called for hits. */
  field(event: TelemetryEvent, name: string): FieldValue | undefined;
  /** Rules that were disabled, with the reason (undefined placeholder, ...). */
  readonly problems: readonly RuleProblem[];
}

/** A field that an enrichment computed, and its value. */
export type Computed = readonly [name: string, value: FieldValue];

/** What a matcher is made from. */
export interface MatcherOptions {
  readonly ruleSet: RuleSet;
  readonly policy: Policy;
  readonly enrichments: Enrichments;
}

/** Compiles a linked rule set. */
export function createMatcher(options: MatcherOptions): Matcher {
  return new CompiledMatcher(options);
}

interface Programs {
  readonly arrival: Program;
  readonly ordered: Program;
  /** What ordered rules need of the event alone; undefined if one of them needs nothing. */
  readonly gate: Program | undefined;
  readonly waits: boolean;
  readonly needsTracked: boolean;
}

type NamedNode = readonly [name: string, node: Node];

class CompiledMatcher implements Matcher {
  readonly problems: readonly RuleProblem[];
  readonly hasOrdered: boolean;
  readonly #context: RuleContext;
  readonly #rules: readonly StagedRule[];
  readonly #budget = new MemoBudget(memoCharactersMax);
  // By object: log sources are interned, and there are as many as decoders name.
  readonly #programs = new Map<Logsource, Programs>();
  readonly #selections = new Map<LinkedDetection, readonly NamedNode[]>();
  readonly #shown = new Map<LinkedDetection, readonly string[]>();
  #frame: Frame | undefined;

  constructor({ ruleSet, policy, enrichments }: MatcherOptions) {
    const catalogue = new Catalogue(enrichments, policy);
    this.#context = { compiler: new Compiler(catalogue), catalogue, policy };
    const { rules, problems } = stageRules(ruleSet, this.#context);
    this.#rules = rules;
    this.problems = problems;
    this.hasOrdered = rules.some((rule) => rule.ordered);
  }

  match(event: TelemetryEvent, stage: Stage, hit: (detection: LinkedDetection) => void): void {
    const program = this.#programsOf(event.logsource)[stage];
    // All rules are judged before any is reported: the callback may use this matcher again.
    for (const detection of program.match(this.#begin(event))) hit(detection);
  }

  waits(logsource: Logsource): boolean {
    return this.#programsOf(logsource).waits;
  }

  mayMatch(event: TelemetryEvent): boolean {
    const { waits, gate } = this.#programsOf(event.logsource);
    return waits && (gate === undefined || gate.match(this.#begin(event)).length > 0);
  }

  needsTracked(logsource: Logsource): boolean {
    return this.#programsOf(logsource).needsTracked;
  }

  matchedSelections(detection: LinkedDetection, event: TelemetryEvent): readonly string[] {
    const frame = this.#begin(event);
    return this.#selectionsOf(detection)
      .filter(([, node]) => node.holds(frame))
      .map(([name]) => name);
  }

  computed(detection: LinkedDetection, event: TelemetryEvent): readonly Computed[] {
    const computed: Computed[] = [];
    for (const name of this.#shownOf(detection)) {
      const value = this.#context.catalogue.read(name, event);
      if (value !== undefined) computed.push([name, value]);
    }
    const skew = event.derived.get(CLOCK_SKEW_FIELD);
    if (skew !== undefined) computed.push([CLOCK_SKEW_FIELD, skew]);
    return computed;
  }

  field(event: TelemetryEvent, name: string): FieldValue | undefined {
    return this.#context.catalogue.read(name, event) ?? event.get(name);
  }

  #shownOf(detection: LinkedDetection): readonly string[] {
    const known = this.#shown.get(detection);
    if (known !== undefined) return known;
    const shown = this.#context.catalogue.shownFields(readFields(detection));
    this.#shown.set(detection, shown);
    return shown;
  }

  #begin(event: TelemetryEvent): Frame {
    if (this.#frame === undefined) this.#frame = new Frame(event, this.#context.compiler.slots);
    else this.#frame.begin(event);
    return this.#frame;
  }

  #programsOf(logsource: Logsource): Programs {
    const known = this.#programs.get(logsource);
    if (known !== undefined) return known;
    const fitting = this.#rules.filter(({ detection }) => {
      return fitsLogsource((detection.outline ?? detection.rule).logsource, logsource);
    });
    const ordered = fitting.filter((rule) => rule.ordered);
    const programs = {
      arrival: this.#program(fitting.filter((rule) => !rule.ordered)),
      ordered: this.#program(ordered),
      gate: this.#gateOf(ordered),
      waits: ordered.length > 0,
      needsTracked: ordered.every(({ detection }) => this.#needsTracked(detection)),
    };
    this.#programs.set(logsource, programs);
    return programs;
  }

  #program(rules: readonly StagedRule[]): Program {
    return new Program(
      rules.map((rule) => rule.compiled),
      this.#budget,
    );
  }

  #gateOf(rules: readonly StagedRule[]): Program | undefined {
    const { catalogue } = this.#context;
    const gates: CompiledRule[] = [];
    for (const { detection } of rules) {
      // Whether a clock is believed can change while the event waits.
      const gate = gateOf({ kind: 'or', operands: detection.expressions }, (field) => {
        return catalogue.has(field) || field === CLOCK_SKEW_FIELD;
      });
      if (isAlways(gate)) return undefined;
      gates.push({ detection, node: compileExpression(gate, this.#context) });
    }
    return new Program(gates, this.#budget);
  }

  #needsTracked({ expressions }: LinkedDetection): boolean {
    const { catalogue } = this.#context;
    return expressions.every((expression) =>
      needsPresence(expression, (field) => catalogue.isTracked(field)),
    );
  }

  #selectionsOf(detection: LinkedDetection): readonly NamedNode[] {
    const known = this.#selections.get(detection);
    if (known !== undefined) return known;
    const { selections, conditions } = detection.rule;
    const asked = new Map(selections);
    // One of several conditions is named too: an alert must tell which of them hit.
    for (const [index, expression] of detection.expressions.entries()) {
      const text = conditions[index]?.text;
      if (conditions.length > 1 && text !== undefined) asked.set(text, expression);
    }
    const named = [...asked].map(([name, expression]): NamedNode => {
      return [name, compileExpression(expression, this.#context)];
    });
    this.#selections.set(detection, named);
    return named;
  }
}
