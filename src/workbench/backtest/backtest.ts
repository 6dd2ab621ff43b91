import type { Decoder } from '../../decoders/decoder.ts';
import type { EventTime } from '../../event/record.ts';
import type { RuleSet } from '../../language/ruleset.ts';
import type { Policy } from '../../policy/policy.ts';
import { DecodeCounts, type Decoded } from '../../runtime/decoding.ts';
import { BacktestLane, type PastAlert } from './lane.ts';

export interface BacktestOptions {
  readonly ruleSet: RuleSet;
  /** The rules as they were; their alerts are compared. */
  readonly previous?: RuleSet | undefined;
  readonly policy: Policy;
  readonly decoder: Decoder;
  readonly batches: AsyncIterable<readonly Decoded[]>;
  /** Events before are left out, those at it are not. */
  readonly from?: EventTime | undefined;
  /** Events at or after it are left out. */
  readonly to?: EventTime | undefined;
  readonly onBatch?: (state: { readonly events: number; readonly alerts: number }) => void;
}

/** What a rule set would have said of a stretch of history. */
export interface Backtest {
  readonly alerts: readonly PastAlert[];
  readonly previous: readonly PastAlert[] | undefined;
  readonly counts: DecodeCounts;
  readonly events: number;
  readonly hosts: number;
  /** Days (UTC) on which a host had events, over all hosts. */
  readonly hostDays: number;
  readonly first: EventTime | undefined;
  readonly last: EventTime | undefined;
}

const DAY_MS = 86_400_000;

/** Runs rules, and the version before, over history; nothing of it is kept but alerts. */
export async function backtest(options: BacktestOptions): Promise<Backtest> {
  const { from = -Infinity, to = Infinity, policy, decoder } = options;
  const lane = new BacktestLane({ ruleSet: options.ruleSet, policy, decoder });
  const before =
    options.previous === undefined
      ? undefined
      : new BacktestLane({ ruleSet: options.previous, policy, decoder });
  const counts = new DecodeCounts();
  const days = new Set<string>();
  const hosts = new Set<string>();
  let events = 0;
  let first: EventTime | undefined;
  let last: EventTime | undefined;
  for await (const batch of options.batches) {
    for (const decoded of batch) counts.add(decoded);
    const within = batch
      .flatMap((decoded) => decoded.events)
      .filter(({ time }) => time >= from && time < to);
    for (const { time, host } of within) {
      hosts.add(host);
      days.add(`${Math.floor(time / DAY_MS)} ${host}`);
      first = Math.min(first ?? time, time);
      last = Math.max(last ?? time, time);
    }
    events += within.length;
    lane.observe(within);
    before?.observe(within);
    options.onBatch?.({ events, alerts: lane.alerts });
  }
  const alerts = lane.end();
  const previous = before?.end();
  const hostDays = days.size;
  return { alerts, previous, counts, events, hosts: hosts.size, hostDays, first, last };
}
