import type { LogsourcePattern } from '../event/logsource.ts';

/** The checked form of rules. Data only, frozen after reading; the engine compiles it. */
export type Rule = DetectionRule | CorrelationRule | FilterRule;

export type Level = 'informational' | 'low' | 'medium' | 'high' | 'critical';
export type Status = 'stable' | 'test' | 'experimental' | 'deprecated' | 'unsupported';

/** What all kinds of rules carry. Keys that Sigma does not define are kept in `custom`. */
export interface RuleHeader {
  readonly id: string;
  readonly name?: string;
  readonly title: string;
  readonly status?: Status;
  readonly description?: string;
  readonly author?: string;
  readonly license?: string;
  readonly date?: string;
  readonly modified?: string;
  readonly references: readonly string[];
  readonly tags: readonly string[];
  readonly falsepositives: readonly string[];
  readonly fields: readonly string[];
  readonly level: Level;
  readonly related: readonly { readonly id: string; readonly type: string }[];
  /** Kept as written; can bind a rule to classes of hosts. */
  readonly scope?: readonly string[];
  /** Absent means Sigma's own. Linking refuses another one unless a pipeline mapped it. */
  readonly taxonomy?: string;
  readonly custom: ReadonlyMap<string, unknown>;
  readonly source: RuleSource;
}

/** Where a rule's document stands. `line` is 1-based, of the document's first key. */
export interface RuleSource {
  readonly file: string;
  readonly line: number;
  /** The document's own text, as loaded. */
  readonly text: string;
}

export interface DetectionRule extends RuleHeader {
  readonly kind: 'detection';
  readonly logsource: LogsourcePattern;
  /** Further keys of the log source, such as `definition`; for people and pipelines, never matched. */
  readonly logsourceNotes?: ReadonlyMap<string, unknown>;
  readonly selections: ReadonlyMap<string, Expression>;
  /** One for each condition; several are alternatives (one alert per event, naming which hit). */
  readonly conditions: readonly Condition[];
  readonly suppress?: Suppression;
  readonly missingFields?: 'drop' | 'group';
}

export interface CorrelationRule extends RuleHeader {
  readonly kind: 'correlation';
  readonly correlation: Correlation;
  readonly suppress?: Suppression;
}

export interface FilterRule extends RuleHeader {
  readonly kind: 'filter';
  readonly logsource: LogsourcePattern;
  /** Ids or names of the rules that it narrows. */
  readonly rules: readonly string[] | 'any';
  readonly selections: ReadonlyMap<string, Expression>;
  readonly condition: Condition;
}

/** Our extension: after an alert, further ones of the same key are counted, not sent. */
export interface Suppression {
  readonly durationMs: number;
  readonly by: readonly string[];
}

/** A condition as written, and resolved to an expression over the selections' own expressions. */
export interface Condition {
  readonly text: string;
  readonly tree: ConditionTree;
}

export type ConditionTree =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly ConditionTree[] }
  | { readonly kind: 'not'; readonly operand: ConditionTree }
  | { readonly kind: 'selection'; readonly name: string }
  /** At least `count` of these selections; pattern selectors arrive here resolved to names. */
  | { readonly kind: 'atLeast'; readonly count: number; readonly names: readonly string[] };

/**
 * What a selection asks of an event. `item` marks what came from one `field|modifiers: values`, so that
 * pipelines can treat it as a whole; it has no influence on matching.
 */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[]; readonly item?: true }
  | { readonly kind: 'not'; readonly operand: Expression; readonly item?: true }
  /** True if the field, or any element of an array in it, satisfies the match. Absent: only `null` matches. */
  | { readonly kind: 'field'; readonly field: string; readonly match: Match }
  /** True if any value of the event satisfies the match. */
  | { readonly kind: 'keyword'; readonly match: Match }
  | { readonly kind: 'exists'; readonly field: string; readonly expected: boolean };

/** How one value is compared. */
export type Match =
  /** Text with wildcards. Numbers and booleans of the event compare by their canonical text. */
  | { readonly kind: 'text'; readonly pattern: TextPattern; readonly cased: boolean }
  /** A number from the rule: equal by canonical text to a number or string of the event. */
  | { readonly kind: 'number'; readonly value: number | bigint }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** Absent or JSON null. */
  | { readonly kind: 'null' }
  | { readonly kind: 'regex'; readonly source: string; readonly flags: string }
  | { readonly kind: 'cidr'; readonly network: string }
  | {
      readonly kind: 'compare';
      readonly operator: 'lt' | 'lte' | 'gt' | 'gte' | 'eq';
      readonly value: number;
      /** With a part, the event's value is read as a date (UTC) and this part of it compared. */
      readonly part?: DatePart;
    }
  /** Equal (or starting, ending, containing) to the value of another field of the event. */
  | {
      readonly kind: 'fieldref';
      readonly field: string;
      readonly position: 'equal' | 'startswith' | 'endswith' | 'contains';
      readonly cased: boolean;
    }
  /** Any of the values that a policy list gives for the placeholders; the engine resolves it when it compiles. */
  | {
      readonly kind: 'placeholder';
      /** Placeholder names and the literal parts around them, in order. */
      readonly parts: readonly PlaceholderPart[];
      readonly cased: boolean;
    };

export type DatePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

export type PlaceholderPart =
  | { readonly kind: 'literal'; readonly pattern: TextPattern }
  | { readonly kind: 'placeholder'; readonly name: string };

/** Wildcard text in order: literals, any run of characters (`many`), exactly one character (`one`), a dash class. */
export type TextPattern = readonly PatternPart[];
export type PatternPart =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'many' }
  | { readonly kind: 'one' }
  /** `windash`: any of - / and the en dash, em dash and horizontal bar. */
  | { readonly kind: 'dash' };

export type CorrelationType =
  | 'event_count'
  | 'value_count'
  | 'value_sum'
  | 'value_avg'
  | 'value_percentile'
  | 'value_median'
  | 'temporal'
  | 'temporal_ordered'
  | 'first_seen';

/** A rule over other rules' matches. */
export interface Correlation {
  readonly type: CorrelationType;
  /** Ids or names, in the order written. */
  readonly rules: readonly string[];
  readonly groupBy: readonly string[];
  readonly timespanMs: number;
  readonly condition: CorrelationCondition;
  /** Alias, then rule name, then field. */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly generate: boolean;
  readonly missingFields: 'drop' | 'group';
}

export type CorrelationCondition =
  | {
      readonly kind: 'threshold';
      /** All must hold (a range has two). */
      readonly bounds: readonly CorrelationBound[];
      /** Fields of value_* types; several only for value_count (distinct tuples). */
      readonly fields: readonly string[];
      /** 0 to 100, for value_percentile. */
      readonly percentile?: number;
    }
  /** Temporal types: over the referenced rules' names. */
  | { readonly kind: 'expression'; readonly tree: ConditionTree; readonly text: string };

export interface CorrelationBound {
  readonly operator: 'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'neq';
  readonly value: number;
}
