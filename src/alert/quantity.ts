import type { Detection } from '../engine/engine.ts';
import type { Activity } from '../event/event.ts';
import type { Correlation, CorrelationBound } from '../language/tree.ts';
import { deedsOf } from './deed.ts';
import { bytesInWords, countInWords } from './words.ts';

/** What was done so often, or so much of: `read 143 different files`. */
export function quantityInWords(
  correlation: Correlation,
  activity: Activity,
  amount: string,
): string {
  const deeds = deedsOf(activity);
  const isOne = amount === '1';
  if (correlation.type === 'event_count') {
    return `${deeds.verb} ${amount} ${isOne ? deeds.one : deeds.many}`;
  }
  const fields = fieldsOf(correlation).join(', ');
  if (correlation.type === 'value_count') {
    const noun = nounOf(fields);
    if (noun === undefined) return `used ${amount} different values of ${fields}`;
    const isLaunch = activity === 'process_start';
    if (noun === 'command lines' && isLaunch) return `ran ${amount} different commands`;
    const verb = noun === deeds.many ? deeds.verb : 'used';
    return `${verb} ${amount} different ${noun}`;
  }
  if (correlation.type === 'value_sum') {
    if (!isBytes(fields)) return `reached ${amount} in all of ${fields}`;
    if (activity === 'file_read') return `read ${amount}`;
    return activity === 'file_write' ? `wrote ${amount}` : `sent ${amount}`;
  }
  return `reached a ${averageInWords(correlation)} of ${amount} in ${fields}`;
}

function averageInWords(correlation: Correlation): string {
  if (correlation.type === 'value_avg') return 'mean';
  if (correlation.type === 'value_median') return 'median';
  const { condition } = correlation;
  const rank = condition.kind === 'threshold' ? condition.percentile : undefined;
  return rank === undefined ? 'percentile' : `percentile ${rank}`;
}

function fieldsOf(correlation: Correlation): readonly string[] {
  return correlation.condition.kind === 'threshold' ? correlation.condition.fields : [];
}

// What the values of a field are, under the names of the Sigma taxonomy and of ECS.
const NOUNS: readonly (readonly [RegExp, string])[] = [
  [/^(?:file\.(?:path|name)|TargetFilename|FileName|ObjectName)$/i, 'files'],
  [/^(?:dns\.question\.name|QueryName|query)$/i, 'DNS names'],
  [/^(?:destination\.|url\.domain|Destination(?:Ip|Hostname)|dst_ip|c-uri)/i, 'destinations'],
  [/^(?:process\.(?:executable|name)|Image)$/i, 'programs'],
  [/^(?:process\.command_line|CommandLine)$/i, 'command lines'],
  [/^(?:user\.|User$|SubjectUserName|TargetUserName)/i, 'users'],
  [/^(?:host\.|Computer)/i, 'hosts'],
];

function nounOf(field: string): string | undefined {
  return NOUNS.find(([pattern]) => pattern.test(field))?.[1];
}

function isBytes(field: string): boolean {
  return /(?:bytes|size)(?:_(?:out|sent))?$/i.test(field);
}

/** The figure that the condition was held against; undefined for a rule that counts nothing. */
export function amountInWords(detection: Detection): string | undefined {
  const { rule, value, count } = detection;
  if (rule.kind === 'detection') return undefined;
  const { correlation } = rule;
  if (correlation.type === 'event_count') return countInWords(value ?? count);
  if (value === undefined) return undefined;
  return inUnit(correlation, value);
}

function inUnit(correlation: Correlation, value: number): string {
  const isCount = correlation.type === 'event_count' || correlation.type === 'value_count';
  const isAmount = !isCount && isBytes(fieldsOf(correlation)[0] ?? '');
  return isAmount ? bytesInWords(value) : countInWords(value);
}

/** The rule's bounds: `limit 40`. */
export function limitInWords(detection: Detection): string | undefined {
  const { rule } = detection;
  if (rule.kind === 'detection' || rule.correlation.condition.kind !== 'threshold')
    return undefined;
  const bounds = rule.correlation.condition.bounds.map(
    (bound) => `${BOUNDS[bound.operator]}${inUnit(rule.correlation, bound.value)}`,
  );
  return bounds.length === 0 ? undefined : `limit ${bounds.join(' and ')}`;
}

// The common case, at least so many, needs no word.
const BOUNDS: Readonly<Record<CorrelationBound['operator'], string>> = {
  gte: '',
  gt: '',
  lt: 'under ',
  lte: 'at most ',
  eq: 'exactly ',
  neq: 'other than ',
};
