import type { LogsourcePattern } from '../../event/logsource.ts';
import type { Keys } from '../keys.ts';
import type { ConditionTree, Expression, Rule } from '../tree.ts';
import type { Item } from '../walk.ts';

/** A processing pipeline: changes that fit rules of one taxonomy to the fields of another. */
export interface Pipeline {
  readonly name: string;
  /** Pipelines with lower numbers go first. */
  readonly priority: number;
  /** Values of placeholders. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
  readonly steps: readonly Step[];
}

/** One transformation, and the rules, items and fields that it is for. */
export interface Step {
  readonly id: string | undefined;
  readonly transformation: Transformation;
  readonly rules: Gate<RuleTest>;
  readonly items: Gate<ItemTest>;
  readonly fields: Gate<FieldTest>;
}

/** Named tests and how they are joined. */
export interface Gate<Test> {
  readonly tests: ReadonlyMap<string, Test>;
  /** Undefined: open for all. */
  readonly tree: ConditionTree | undefined;
}

export type RuleTest = (run: Run) => boolean;
export type ItemTest = (item: Item, run: Run) => boolean;
/** Keywords have no field. */
export type FieldTest = (field: string | undefined, run: Run) => boolean;

/** What a step does. A failure is said to the run. */
export type Transformation =
  | { readonly scope: 'rule'; readonly change: (rule: Rule, run: Run) => Rule }
  /** Undefined takes the item out of the rule. */
  | { readonly scope: 'item'; readonly change: (item: Item, run: Run) => Expression | undefined }
  /** The names that take the field's place; several are alternatives. */
  | { readonly scope: 'field'; readonly rename: (field: string, run: Run) => readonly string[] };

/** What one rule has met on its way through a pipeline. */
export interface Run {
  readonly pipeline: Pipeline;
  /** As the steps so far left it. */
  readonly rule: Rule;
  /** Of the rule, or of the rules that a correlation refers to. */
  readonly logsources: readonly LogsourcePattern[];
  readonly state: Map<string, string>;
  /** Ids of steps that took effect on the rule. */
  readonly applied: Set<string>;
  readonly appliedToItem: Map<Expression, ReadonlySet<string>>;
  readonly appliedToField: Map<string, Set<string>>;
  /** Notes that the rule cannot be used. */
  readonly fail: (message: string) => void;
}

/** A kind of transformation: how its settings are read. */
export interface TransformationKind {
  readonly type: string;
  readonly summary: string;
  /** Undefined after an error, which is reported. */
  readonly read: (keys: Keys) => Transformation | undefined;
}
