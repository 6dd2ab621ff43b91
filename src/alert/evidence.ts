import type { Evidence } from '../engine/engine.ts';
import { put } from '../event/ecs-document.ts';
import type { EcsDocument, EcsValue } from '../event/event.ts';
import { computedFields, isDocument, valueAt } from './ecs-path.ts';
import { isoTime } from './words.ts';

/**
 * Contributing events that an alert shows; beyond it the middle is left out, and the count says so.
 */
export const EVIDENCE_SHOWN_MAX = 20;
/** A summary is for reading; the whole event stands at its place in the source. */
export const SUMMARY_TEXT_MAX = 1024;

/**
 * The evidence as it stands in an alert: id, time, rule, place, and the fields that tell what
 * happened.
 */
export function evidenceShown(evidence: readonly Evidence[]): readonly EcsDocument[] {
  const half = EVIDENCE_SHOWN_MAX / 2;
  const shown =
    evidence.length <= EVIDENCE_SHOWN_MAX
      ? evidence
      : [...evidence.slice(0, half), ...evidence.slice(-half)];
  return shown.map(summary);
}

function summary({ id, time, ruleId, position, document }: Evidence): EcsDocument {
  return {
    id,
    time: isoTime(time),
    rule: ruleId,
    source: { file: position.source, partition: position.partition, line: position.offset },
    event: summaryOf(document),
  };
}

/** What tells one event from another, for people: who, what, where to, how much. */
const SUMMARY_FIELDS: readonly string[] = [
  'event.action',
  'event.code',
  'event.category',
  'event.type',
  'event.outcome',
  'host.name',
  'user.name',
  'user.domain',
  'process.entity_id',
  'process.pid',
  'process.name',
  'process.executable',
  'process.command_line',
  'process.ai_agent.name',
  'process.ai_agent.is_descendant',
  'process.parent.entity_id',
  'process.parent.pid',
  'process.parent.name',
  'process.parent.executable',
  'process.parent.command_line',
  'file.path',
  'file.size',
  'file.hash.sha256',
  'source.ip',
  'source.bytes',
  'destination.ip',
  'destination.port',
  'destination.domain',
  'network.bytes',
  'dns.question.name',
  'url.full',
  'http.request.method',
  'http.request.bytes',
  'registry.path',
  'gen_ai.agent.name',
  'gen_ai.tool.name',
];

// An alert that grows shows the same events again and again. Nothing changes a document once it is
// made.
const summaries = new WeakMap<EcsDocument, EcsDocument>();

function summaryOf(document: EcsDocument): EcsDocument {
  const known = summaries.get(document);
  if (known !== undefined) return known;
  const made = summarized(document);
  summaries.set(document, made);
  return made;
}

function summarized(document: EcsDocument): EcsDocument {
  const result: EcsDocument = {};
  for (const { field, path } of SUMMARY) {
    const value = valueAt(document, field);
    if (value === undefined || value === null || isDocument(value)) continue;
    put(result, path, Array.isArray(value) ? flat(value) : shortened(value));
  }
  // Computed fields are why an event counts at all, so none of them is left out.
  const computed = computedFields(document);
  if (computed !== undefined) result['tidegate'] = computed;
  return result;
}

const SUMMARY = SUMMARY_FIELDS.map((field) => ({ field, path: field.split('.') }));

type PlainValue = string | number | boolean | null;

const LIST_SHOWN_MAX = 10;

function flat(values: readonly EcsValue[]): readonly PlainValue[] {
  const plain: PlainValue[] = [];
  for (const value of values.slice(0, LIST_SHOWN_MAX)) {
    if (value === null || typeof value !== 'object') plain.push(shortened(value));
  }
  return plain;
}

function shortened(value: EcsValue): PlainValue {
  if (typeof value !== 'string') return typeof value === 'object' ? null : value;
  if (value.length <= SUMMARY_TEXT_MAX) return value;
  const head = value.slice(0, SUMMARY_TEXT_MAX / 2);
  const tail = value.slice(-SUMMARY_TEXT_MAX / 4);
  return `${head}[cut:${value.length - head.length - tail.length}]${tail}`.toWellFormed();
}
