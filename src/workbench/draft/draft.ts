import type { LogsourcePattern } from '../../event/logsource.ts';
import type { FieldTest } from '../sigma-text.ts';

/** A rule to be written, and the event that it was made from. */
export interface RuleDraft {
  /** Of the files, and what correlations call the rule by. */
  readonly name: string;
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly author: string | undefined;
  /** YYYY-MM-DD */
  readonly date: string;
  readonly level: string;
  readonly tags: readonly string[];
  readonly logsource: LogsourcePattern;
  /** All must hold. */
  readonly tests: readonly FieldTest[];
  /** Only what an AI agent does, or a process below it. */
  readonly agentOnly: boolean;
  readonly window: DraftWindow | undefined;
  /** Fields of the event by their Sigma names: those that are tested, and what makes it an event. */
  readonly example: ReadonlyMap<string, string>;
}

/** How often within which time. */
export interface DraftWindow {
  /** Of the rule that counts; the rule that is counted has the draft's. */
  readonly id: string;
  readonly count: number;
  /** As Sigma writes it. */
  readonly timespan: string;
  readonly timespanMs: number;
  readonly groupBy: readonly string[];
  /** Counts different values of it instead of events. */
  readonly distinct: string | undefined;
}

/** The name of the rule that a window counts. */
export function countedName({ name }: RuleDraft): string {
  return `${name}_event`;
}
