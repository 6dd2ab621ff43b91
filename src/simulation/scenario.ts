import type { EventTime } from '../event/record.ts';
import type { Action, Host } from './action.ts';
import type { Encoder } from './encoders/encoder.ts';

/** A story with its truth: what happens on which hosts, and what a detector should say of it. */
export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly hosts: readonly Host[];
  /** What watches each host unless someone chooses otherwise. */
  encoders(host: Host): readonly Encoder[];
  /** Everything that happens, in order of time. */
  play(): readonly Action[];
  readonly labels: readonly Label[];
  /** How many alerts the bundled rules raise over it: most labels answer to several rules. */
  readonly alerts: number;
}

/** One thing in a story that a detector must find. */
export interface Label {
  readonly name: string;
  readonly host: string;
  readonly from: EventTime;
  readonly to: EventTime;
  /** Name of the rule that must raise the alert. */
  readonly rule: string;
  /** Names of further rules that raise an alert of medium or above about it. */
  readonly others?: readonly string[];
  readonly description: string;
}
