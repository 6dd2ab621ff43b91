import type { EventTime } from '../../event/record.ts';
import type { Action, Host } from '../action.ts';
import type { ProcessTable } from '../host.ts';
import type { Observation } from './encoder.ts';

/** One entry of a Windows event log, before a forwarder gives it a shape. */
export interface WindowsRecord {
  readonly host: Host;
  readonly log: WindowsLog;
  readonly eventId: number;
  readonly version: number;
  readonly task: number;
  /** What Windows shows as the task category. */
  readonly category: string;
  /** When the log took it. */
  readonly logged: EventTime;
  /** Event data in the order of the event's manifest. */
  readonly data: readonly (readonly [name: string, value: string])[];
  /** The element of user data that the manifest puts the values in, where it does not use event data. */
  readonly userData?: string;
}

/** What all entries of a log have in common. */
export interface WindowsLog {
  readonly channel: string;
  readonly provider: string;
  readonly providerGuid: string;
  /** The 64-bit mask as signed decimal text, which is how NXLog writes it and what no double holds. */
  readonly keywords: string;
  /** Process that writes the log, and its threads. */
  readonly writer: { readonly pid: number; readonly threads: readonly [number, ...number[]] };
  /** Account that the writer runs as, where the log says so. */
  readonly writerAccount: string | undefined;
  readonly outcome: 'INFO' | 'AUDIT_SUCCESS';
}

/** Gives a log entry the shape in which a forwarder sends it. */
export type Forwarder = (record: WindowsRecord, number: number, arrival: EventTime) => string;

/** What a Windows log holds of an action. */
export type WindowsView = (action: Action, processes: ProcessTable) => readonly WindowsRecord[];

/** Joins a log and a forwarder to what a sensor observes. */
export function forward(
  view: WindowsView,
  forwarder: Forwarder,
): (action: Action, processes: ProcessTable) => readonly Observation[] {
  return (action, processes) =>
    view(action, processes).map((record) => ({
      logged: record.logged,
      record: (number, arrival) => forwarder(record, number, arrival),
    }));
}
