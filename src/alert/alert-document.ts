import type { Detection } from '../engine/engine.ts';
import type { EcsDocument, EcsValue } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
import type { Rule } from '../language/tree.ts';
import { computedFields, isDocument, textAt, textsAt, valueAt } from './ecs-path.ts';
import { severityOf } from './level.ts';
import { agentOf, mainEvidence } from './subject.ts';
import { threatOf } from './threat.ts';
import { isoTime, valueInWords } from './words.ts';

export interface AlertParts {
  readonly id: string;
  readonly time: EventTime;
  /** With redacted key and evidence. */
  readonly detection: Detection;
  readonly sentence: string;
  readonly evidence: readonly EcsDocument[];
}

/**
 * The alert in the Elastic Common Schema. `event.kind` is `alert`: ECS keeps `signal` for Kibana's
 * own rules, whose "External Alerts" rule promotes these documents and shows `message` as their
 * name. `event.ingested` is left to whoever writes: it is the only part that a clock decides.
 */
export function alertDocument(parts: AlertParts): EcsDocument {
  const { detection, time } = parts;
  const { rule } = detection;
  const main = mainEvidence(detection.evidence)?.document ?? {};
  const host = hostOf(main, detection.host);
  const { title, threat, fields } = partsOf(rule);
  return {
    '@timestamp': isoTime(time),
    message: `${title} on ${valueInWords(textAt(host, 'name') ?? detection.host)}`,
    event: eventOf(parts, main),
    rule: fields,
    ...copied(main),
    ...(threat === undefined ? {} : { threat }),
    host,
    ...agentFields(main),
    related: relatedOf(detection, main),
    tidegate: tidegateOf(parts, main),
  };
}

/** What all alerts of a rule say of it. */
interface RuleParts {
  readonly title: string;
  readonly threat: EcsDocument | undefined;
  readonly fields: EcsDocument;
}

// A storm of alerts is one of few rules.
const parts = new WeakMap<Rule, RuleParts>();

function partsOf(rule: Rule): RuleParts {
  let made = parts.get(rule);
  if (made === undefined) {
    const title = valueInWords(rule.title, TITLE_LENGTH_MAX);
    made = { title, threat: threatOf(rule.tags), fields: ruleOf(rule) };
    parts.set(rule, made);
  }
  return made;
}

// Sigma's own limit for a title.
const TITLE_LENGTH_MAX = 256;

/**
 * Field sets of the main event that say who acted on what. What describes the sensor's record stays
 * out.
 */
const COPIED: readonly string[] = [
  'user',
  'process',
  'file',
  'source',
  'destination',
  'network',
  'dns',
  'url',
  'http',
  'registry',
  'gen_ai',
];

function copied(main: EcsDocument): EcsDocument {
  const result: EcsDocument = {};
  for (const name of COPIED) {
    const value = Object.hasOwn(main, name) ? main[name] : undefined;
    if (isDocument(value)) result[name] = value;
  }
  return result;
}

function hostOf(main: EcsDocument, name: string): EcsDocument {
  const host = Object.hasOwn(main, 'host') ? main['host'] : undefined;
  const known = isDocument(host) ? host : {};
  return typeof known['name'] === 'string' ? known : { ...known, name };
}

function eventOf({ id, detection, sentence }: AlertParts, main: EcsDocument): EcsDocument {
  const { severity, riskScore } = severityOf(detection.rule.level);
  const categories = new Set(
    detection.evidence.flatMap(({ document }) => textsAt(document, 'event.category')),
  );
  const action = valueAt(main, 'event.action');
  return {
    kind: 'alert',
    module: 'tidegate',
    dataset: 'tidegate.alerts',
    id,
    severity,
    risk_score: riskScore,
    reason: sentence,
    start: isoTime(detection.firstTime),
    end: isoTime(detection.lastTime),
    ...(categories.size === 0 ? {} : { category: [...categories] }),
    ...(typeof action === 'string' ? { action } : {}),
  };
}

function ruleOf(rule: Rule): EcsDocument {
  return present({
    id: rule.id,
    uuid: UUID.test(rule.id) ? rule.id : undefined,
    name: rule.title,
    description: rule.description,
    author: rule.author === undefined ? undefined : [rule.author],
    license: rule.license,
    version: rule.modified ?? rule.date,
    reference: rule.references.length === 0 ? undefined : rule.references,
  });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The watched agent under both of its ECS names: the process' and the one of generative AI. */
function agentFields(main: EcsDocument): EcsDocument {
  const name = agentOf(main);
  if (name === undefined) return {};
  const process = Object.hasOwn(main, 'process') ? main['process'] : undefined;
  const known = valueAt(main, 'gen_ai');
  const isDescendant = valueAt(main, 'process.ai_agent.is_descendant');
  const id = valueAt(main, 'gen_ai.agent.id');
  return {
    process: {
      ...(isDocument(process) ? process : {}),
      ai_agent: {
        name,
        ...(typeof isDescendant === 'boolean' ? { is_descendant: isDescendant } : {}),
      },
    },
    gen_ai: {
      ...(isDocument(known) ? known : {}),
      agent: { name, ...(typeof id === 'string' ? { id } : {}) },
    },
  };
}

const RELATED_MAX = 50;
const RELATED: readonly (readonly [string, readonly string[]])[] = [
  [
    'hosts',
    ['host.name', 'host.hostname', 'destination.domain', 'dns.question.name', 'url.domain'],
  ],
  ['user', ['user.name']],
  ['ip', ['host.ip', 'source.ip', 'destination.ip', 'dns.resolved_ip']],
  ['hash', ['process.hash.sha256', 'process.hash.md5', 'file.hash.sha256', 'file.hash.md5']],
];

function relatedOf(detection: Detection, main: EcsDocument): EcsDocument {
  const documents = [main, ...detection.evidence.map(({ document }) => document)];
  const related: EcsDocument = {};
  for (const [name, paths] of RELATED) {
    const values = new Set(name === 'hosts' ? [detection.host] : []);
    for (const document of documents) {
      for (const path of paths) {
        for (const text of textsAt(document, path)) {
          if (values.size < RELATED_MAX) values.add(text);
        }
      }
    }
    // An address field refuses the whole document in Elasticsearch when it holds anything else.
    const kept = name === 'ip' ? [...values].filter(isAddress) : [...values];
    if (kept.length > 0) related[name] = kept;
  }
  return related;
}

function isAddress(text: string): boolean {
  const octets = text.split('.');
  if (octets.length === 4 && !text.includes(':')) {
    return octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255);
  }
  const groups = text.split(':');
  const isShort = text.includes('::') && text.indexOf('::') === text.lastIndexOf('::');
  const isWhole = groups.length === 8 || (isShort && groups.length >= 3 && groups.length <= 8);
  return isWhole && /^[0-9a-f:]+$/i.test(text) && groups.every((group) => group.length <= 4);
}

function tidegateOf(parts: AlertParts, main: EcsDocument): EcsDocument {
  const { detection, evidence } = parts;
  const { rule, window } = detection;
  return present({
    ...computedFields(main),
    level: rule.level,
    host: detection.host,
    key: detection.key.map(({ field, value }) => ({ field, value })),
    count: detection.count,
    value: detection.value,
    limit: limitOf(rule),
    window:
      window === undefined
        ? undefined
        : {
            from: isoTime(window.from),
            to: isoTime(window.to),
            timespan_ms: window.timespanMs,
          },
    matched: detection.matched,
    fields: fieldsOf(rule, main),
    rule: present({
      kind: rule.kind,
      status: rule.status,
      meaning: detection.meaning,
      file: rule.source.file,
      line: rule.source.line,
      tags: rule.tags,
      false_positives: rule.falsepositives,
    }),
    evidence,
  });
}

function limitOf(rule: Rule): EcsValue | undefined {
  if (rule.kind !== 'correlation' || rule.correlation.condition.kind !== 'threshold')
    return undefined;
  return rule.correlation.condition.bounds.map(({ operator, value }) => ({ operator, value }));
}

/** What the rule's author wants shown (`fields`), as far as the event has it under that name. */
function fieldsOf(rule: Rule, main: EcsDocument): EcsValue | undefined {
  const shown: EcsDocument[] = [];
  for (const field of rule.fields) {
    const value = valueAt(main, field);
    if (value !== undefined && !isDocument(value)) shown.push({ field, value });
  }
  return shown.length === 0 ? undefined : shown;
}

function present(fields: Readonly<Record<string, EcsValue | undefined>>): EcsDocument {
  // Computed fields bring names of their own, and without a prototype every name is only a name.
  const result: EcsDocument = Object.create(null);
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) result[name] = value;
  }
  return result;
}
