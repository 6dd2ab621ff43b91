import { digestParts } from '../base/sha256.ts';
import type { HealthFinding } from '../engine/engine.ts';
import type { Level } from '../language/tree.ts';
import type { Alert, AlertContext } from './alert.ts';
import { severityOf } from './level.ts';
import { isoTime, valueInWords } from './words.ts';

const ID_HEX_LENGTH = 40;
const LEVEL: Level = 'medium';

interface Kind {
  readonly title: string;
  /** What it means for detection, and what to do. */
  readonly reason: string;
}

const kinds: Readonly<Record<HealthFinding['kind'], Kind>> = {
  clock: {
    title: 'Clock of a Host Is Not Believed',
    reason:
      'events claim times that the rest of the log contradicts; they are judged under a time that ' +
      'is believed. Either its clock is wrong, or somebody wants windows to miss what it does',
  },
  keys: {
    title: 'Detection Gives Up Groups at Its Limit',
    reason:
      'a rule has more groups than its limit allows, so the earliest to expire were given up: what ' +
      'they had counted is gone. Look at what makes so many keys, or raise limits.keys_per_host_max',
  },
  entries: {
    title: 'Detection Gives Up Entries at Its Limit',
    reason:
      'one group of a rule holds more entries than its limit allows, so the oldest were given up. ' +
      'Look at what makes so many, or raise limits.entries_per_key_max',
  },
  waiting: {
    title: 'Events Are Judged Before Their Turn',
    reason:
      'more events wait for their order than the limit allows, so the earliest were judged at once. ' +
      'Look at what makes so many, or raise limits.waiting_per_host_max',
  },
  hosts: {
    title: 'Detection Gives Up Hosts at Its Limit',
    reason:
      'there are more hosts than the limit allows, so the windows of one that was long silent were ' +
      'given up. Look for names that are made up, or raise limits.hosts_max',
  },
};

/**
 * A finding about detection itself as an alert, so that what weakens it is seen where alerts are
 * seen. One per kind, host and rule, whatever happens later.
 */
export function createHealthAlert(finding: HealthFinding, { redactor }: AlertContext): Alert {
  const { kind, host, ruleId, since } = finding;
  const { title, reason } = kinds[kind];
  const parts = ['health', kind, host ?? '', ruleId ?? ''];
  const id = digestParts(parts).slice(0, ID_HEX_LENGTH);
  const name = host === undefined ? undefined : redactor.text(host);
  const where = name === undefined ? 'several hosts' : valueInWords(name);
  const sentence = `${where}: ${reason}${ruleId === undefined ? '' : ` (rule ${ruleId})`}`;
  const { severity, riskScore } = severityOf(LEVEL);
  const ruleName = `tidegate.health.${kind}`;
  return {
    id,
    time: since,
    level: LEVEL,
    ruleId: ruleName,
    document: {
      '@timestamp': isoTime(since),
      message: `${title}: ${where}`,
      event: {
        kind: 'alert',
        module: 'tidegate',
        dataset: 'tidegate.alerts',
        id,
        severity,
        risk_score: riskScore,
        reason: sentence,
        start: isoTime(since),
      },
      rule: { id: ruleName, name: title },
      ...(name === undefined ? {} : { host: { name }, related: { hosts: [name] } }),
      tidegate: {
        level: LEVEL,
        health: { kind, ...(ruleId === undefined ? {} : { rule: { id: ruleId } }) },
      },
    },
    state: {
      id,
      version: 1,
      firstSeen: since,
      lastSeen: since,
      value: undefined,
      sentence,
      evidence: [],
    },
  };
}
