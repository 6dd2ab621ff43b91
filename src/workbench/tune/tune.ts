import type { Decoder } from '../../decoders/decoder.ts';
import type { TelemetryEvent } from '../../event/event.ts';
import { linkRules } from '../../language/link.ts';
import { readRules } from '../../language/read.ts';
import type { LinkedDetection, RuleSet } from '../../language/ruleset.ts';
import type { Policy } from '../../policy/policy.ts';
import { BacktestLane, type PastAlert } from '../backtest/lane.ts';
import { compareAlerts } from '../backtest/compare.ts';
import { MatchReader } from '../match-reader.ts';
import { filterYaml } from '../sigma-text.ts';
import { firstText } from '../subject-of.ts';
import { chooseExclusions, FILTER_FIELDS, type Exclusion, type Hit } from './candidates.ts';
import { alertOf, type MarkedAlert } from './marks.ts';

export interface TuneOptions {
  readonly ruleSet: RuleSet;
  readonly policy: Policy;
  readonly decoder: Decoder;
  /** In order of time. */
  readonly events: readonly TelemetryEvent[];
  readonly falsePositives: readonly MarkedAlert[];
  readonly truePositives: readonly MarkedAlert[];
}

/** A proposed filter, and what it does to the alerts of the same telemetry. */
export interface Tuned {
  /** Sigma, one document for each rule that is narrowed; empty when nothing fits. */
  readonly filter: string;
  /** Marked alerts that the telemetry raises at all. */
  readonly falseFound: number;
  readonly trueFound: number;
  /** False alarms that are gone with the filter. */
  readonly falseGone: number;
  /** True alerts that stay. */
  readonly trueKept: number;
  /** Alerts without a mark that are gone with the filter. */
  readonly othersGone: readonly PastAlert[];
}

/**
 * Proposes a Sigma filter that ends false alarms and keeps true alerts, and tries it on the telemetry that
 * raised them.
 */
export function tune(options: TuneOptions): Tuned {
  const { ruleSet, falsePositives, truePositives } = options;
  const alerts = run(options, ruleSet);
  const found = (marks: readonly MarkedAlert[]): ReadonlySet<PastAlert> =>
    new Set(marks.flatMap((mark) => alertOf(mark, alerts) ?? []));
  const falseAlerts = found(falsePositives);
  const trueAlerts = found(truePositives);
  const hits = hitsOf(options);
  const filters = ruleSet.detections.flatMap((linked) => {
    const own = hits.filter(({ hit }) => hit.ruleId === linked.rule.id);
    const of = (wanted: ReadonlySet<PastAlert>): readonly Hit[] =>
      own.filter((each) => [...wanted].some((alert) => belongs(each, alert))).map(({ hit }) => hit);
    const exclusions = chooseExclusions(of(falseAlerts), of(trueAlerts));
    return exclusions.length === 0 ? [] : [filterOf(linked, exclusions)];
  });
  const filter = filters.join('---\n');
  const after = filter === '' ? alerts : run(options, withFilter(ruleSet, filter));
  const { gone } = compareAlerts(after, alerts);
  const lost = new Set(gone);
  return {
    filter,
    falseFound: falseAlerts.size,
    trueFound: trueAlerts.size,
    falseGone: [...falseAlerts].filter((alert) => lost.has(alert)).length,
    trueKept: [...trueAlerts].filter((alert) => !lost.has(alert)).length,
    othersGone: gone.filter((alert) => !falseAlerts.has(alert) && !trueAlerts.has(alert)),
  };
}

function run({ policy, decoder, events }: TuneOptions, ruleSet: RuleSet): readonly PastAlert[] {
  const lane = new BacktestLane({ ruleSet, policy, decoder });
  lane.observe(events);
  return lane.end();
}

interface HitInTime {
  readonly hit: Hit;
  readonly time: number;
  readonly host: string;
  /** Of a field that a group may be named by. */
  readonly textOf: (field: string) => string | undefined;
}

function hitsOf({ ruleSet, policy, events }: TuneOptions): readonly HitInTime[] {
  const reader = new MatchReader(ruleSet, policy);
  return events.flatMap((event) => {
    const { subject, rules } = reader.read(event);
    const textOf = (field: string): string | undefined => firstText(subject.get(field));
    const { time, host } = event;
    return rules.map(({ rule }) => {
      const known = FILTER_FIELDS.flatMap((field) => {
        const text = textOf(field);
        return text === undefined ? [] : [[field, text] as const];
      });
      return { hit: { ruleId: rule.id, values: new Map(known) }, time, host, textOf };
    });
  });
}

// The engine names the group of an alert; an event of that group in the alert's time contributed to it.
function belongs({ time, host, textOf }: HitInTime, alert: PastAlert): boolean {
  if (time < alert.first || time > alert.last) return false;
  return (
    alert.key.every(({ field, value }) => {
      const own = textOf(field);
      return own === value || (own === undefined && value === host);
    }) &&
    (alert.key.length > 0 || host === alert.host)
  );
}

function filterOf({ rule }: LinkedDetection, exclusions: readonly Exclusion[]): string {
  return filterYaml({
    title: `${rule.title}: Known and Harmless`,
    logsource: rule.logsource,
    rules: [rule.name ?? rule.id],
    exclusions: exclusions.map(({ tests }) => tests),
  });
}

function withFilter({ detections, correlations }: RuleSet, filter: string): RuleSet {
  const rules = [...detections, ...correlations].map(({ rule }) => rule);
  return linkRules([...rules, ...readRules(filter, 'filter.yml').rules]);
}
