import { digestParts } from '../base/sha256.ts';
import type { HealthFinding } from '../engine/engine.ts';
import type { EcsDocument } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
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
  const name = host === undefined ? undefined : redactor.text(host);
  const where = name === undefined ? 'several hosts' : valueInWords(name);
  return healthAlert({
    kind,
    identity: [host ?? '', ruleId ?? ''],
    time: since,
    level: LEVEL,
    title,
    where,
    sentence: `${where}: ${reason}${ruleId === undefined ? '' : ` (rule ${ruleId})`}`,
    host: name,
    facts: ruleId === undefined ? {} : { rule: { id: ruleId } },
  });
}

/** Records of an input that were never judged. */
export interface Loss {
  /** They were gone before we read them, or are no records that can be unpacked. */
  readonly kind: 'gap' | 'quarantined';
  readonly input: string;
  readonly partition: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** When it was noticed. */
  readonly time: EventTime;
}

const losses: Readonly<Record<Loss['kind'], Kind>> = {
  gap: {
    title: 'Records Were Gone Before They Were Judged',
    reason:
      'the log no longer had them when we came to read: what they told of was not seen. Look at ' +
      'its retention, and at why we came so late',
  },
  quarantined: {
    title: 'Records Can Not Be Unpacked',
    reason:
      'their bytes are no records, or too large, and were passed over: what they told of was not ' +
      'seen. They are in the dead letter by place; look for who writes them',
  },
};

/**
 * Records that nobody judged, as an alert with their number and place. What was gone is told each
 * time; what can not be unpacked once per input and partition, since anybody may write it.
 */
export function createLossAlert(loss: Loss): Alert {
  const { kind, input, partition, firstOffset, lastOffset, time } = loss;
  const { title, reason } = losses[kind];
  const records = lastOffset - firstOffset + 1;
  const offsets = [firstOffset, lastOffset].map(String);
  const where = `${valueInWords(input)}, partition ${partition}`;
  const range = `${records} from offset ${firstOffset} to ${lastOffset}`;
  return healthAlert({
    kind,
    identity: [input, String(partition), ...(kind === 'gap' ? offsets : [])],
    time,
    level: kind === 'gap' ? 'high' : LEVEL,
    title,
    where,
    sentence: `${where}: ${range}: ${reason}`,
    host: undefined,
    facts: {
      input: {
        name: input,
        partition,
        first_offset: firstOffset,
        last_offset: lastOffset,
        records,
      },
    },
  });
}

interface HealthParts {
  readonly kind: string;
  /** What tells it from others of its kind. */
  readonly identity: readonly string[];
  readonly time: EventTime;
  readonly level: Level;
  readonly title: string;
  readonly where: string;
  readonly sentence: string;
  readonly host: string | undefined;
  readonly facts: EcsDocument;
}

function healthAlert(parts: HealthParts): Alert {
  const { kind, time, level, title, where, sentence, host } = parts;
  const id = digestParts(['health', kind, ...parts.identity]).slice(0, ID_HEX_LENGTH);
  const { severity, riskScore } = severityOf(level);
  const ruleId = `tidegate.health.${kind}`;
  return {
    id,
    time,
    level,
    ruleId,
    document: {
      '@timestamp': isoTime(time),
      message: `${title}: ${where}`,
      event: {
        kind: 'alert',
        module: 'tidegate',
        dataset: 'tidegate.alerts',
        id,
        severity,
        risk_score: riskScore,
        reason: sentence,
        start: isoTime(time),
      },
      rule: { id: ruleId, name: title },
      ...(host === undefined ? {} : { host: { name: host }, related: { hosts: [host] } }),
      tidegate: { level, health: { kind, ...parts.facts } },
    },
    state: {
      id,
      version: 1,
      firstSeen: time,
      lastSeen: time,
      value: undefined,
      sentence,
      evidence: [],
    },
  };
}
