import { createEngine, defaultLimits } from '../../src/engine/create.ts';
import type { Detection, Engine, EngineLimits } from '../../src/engine/engine.ts';
import type { Matcher } from '../../src/engine/matcher.ts';
import type { Tracker } from '../../src/enrichment/enrichment.ts';
import type { FieldValue, TelemetryEvent } from '../../src/event/event.ts';
import { logsource } from '../../src/event/logsource.ts';
import type { EventTime, RawRecord } from '../../src/event/record.ts';
import type { LinkedCorrelation, LinkedDetection, RuleSet } from '../../src/language/ruleset.ts';
import type {
  Condition,
  Correlation,
  CorrelationRule,
  DetectionRule,
  RuleHeader,
  Suppression,
} from '../../src/language/tree.ts';

/** One event as a table writes it. `rules` are the ids of the rules that match it. */
export interface Row {
  readonly at: EventTime;
  readonly rules: readonly string[];
  readonly id?: string;
  readonly host?: string;
  /** Rules that match it only once its turn has come. */
  readonly ordered?: readonly string[];
  readonly recordTime?: EventTime;
  readonly fields?: Readonly<Record<string, FieldValue>>;
}

const source = logsource('test', ['any'], []);
const encoder = new TextEncoder();
const decoder = new TextDecoder();
let serial = 0;

/** The record that carries a row. */
export function recordOf(row: Row): RawRecord {
  serial += 1;
  const complete = { id: `e${String(serial).padStart(7, '0')}`, host: 'h1', ...row };
  return {
    payload: encoder.encode(JSON.stringify(complete)),
    position: { source: 'table', partition: 0, offset: serial },
    ...(row.recordTime === undefined ? {} : { recordTime: row.recordTime }),
  };
}

/** Decodes a record of `recordOf`. */
export function eventOf(record: RawRecord): TelemetryEvent {
  const row = JSON.parse(decoder.decode(record.payload ?? new Uint8Array())) as Required<Row>;
  const fields = new Map(Object.entries(row.fields ?? {}));
  return {
    id: row.id,
    time: row.at,
    host: row.host,
    logsource: source,
    activity: 'other',
    sensor: 'fake',
    position: record.position,
    origin: { record, index: 0 },
    derived: new Map(),
    get: (name) =>
      name === 'rules' ? row.rules : name === 'ordered' ? (row.ordered ?? []) : fields.get(name),
    someValue: () => false,
    process: () => undefined,
    document: () => ({ event: { id: row.id } }),
  };
}

export function events(rows: readonly Row[]): TelemetryEvent[] {
  return rows.map((row) => eventOf(recordOf(row)));
}

function header(id: string): RuleHeader {
  return {
    id,
    name: id,
    title: id,
    references: [],
    tags: [],
    falsepositives: [],
    fields: [],
    level: 'medium',
    related: [],
    custom: new Map(),
    source: { file: 'rules.yml', line: 1, text: '' },
  };
}

/** A rule that matches the rows that name it. */
export function detection(
  id: string,
  options: { alerts?: boolean; suppress?: Suppression } = {},
): LinkedDetection {
  const { alerts = true, suppress } = options;
  const condition: Condition = { text: 'x', tree: { kind: 'selection', name: 'x' } };
  const rule: DetectionRule = {
    kind: 'detection',
    ...header(id),
    logsource: {},
    selections: new Map(),
    conditions: [condition],
    ...(suppress === undefined ? {} : { suppress }),
  };
  return { rule, expressions: [], alerts, meaning: `meaning of ${id}` };
}

/** A correlation with the defaults of the tables: group by Computer, ten seconds. */
export function correlation(
  id: string,
  parts: Partial<Correlation> & Pick<Correlation, 'type' | 'rules' | 'condition'>,
  options: { alerts?: boolean; suppress?: Suppression } = {},
): LinkedCorrelation {
  const { alerts = true, suppress } = options;
  const rule: CorrelationRule = {
    kind: 'correlation',
    ...header(id),
    correlation: {
      groupBy: ['Computer'],
      timespanMs: 10_000,
      aliases: new Map(),
      generate: false,
      missingFields: 'drop',
      ...parts,
    },
    ...(suppress === undefined ? {} : { suppress }),
  };
  return { rule, sources: parts.rules, alerts, meaning: `meaning of ${id}` };
}

/** The threshold of a correlation, e.g. `{ gte: 3 }`. */
export function threshold(
  bounds: Partial<Record<'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'neq', number>>,
  rest: { fields?: readonly string[]; percentile?: number } = {},
): Correlation['condition'] {
  const { fields = [], percentile } = rest;
  return {
    kind: 'threshold',
    bounds: (['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const).flatMap((operator) => {
      const value = bounds[operator];
      return value === undefined ? [] : [{ operator, value }];
    }),
    fields,
    ...(percentile === undefined ? {} : { percentile }),
  };
}

/** A rule set; detections that a correlation names do not alert on their own. */
export function ruleSet(
  correlations: readonly LinkedCorrelation[],
  detections: readonly LinkedDetection[] = [],
): RuleSet {
  const inner = new Set(correlations.map(({ rule }) => rule.id));
  const given = new Set(detections.map(({ rule }) => rule.id));
  const named = new Set(correlations.flatMap(({ sources }) => sources));
  const base = [...named].filter((id) => !inner.has(id) && !given.has(id));
  return {
    detections: [...detections, ...base.map((id) => detection(id, { alerts: false }))],
    correlations,
    problems: [],
  };
}

/** Matches an event to the rules that it names. */
export function fakeMatcher(rules: RuleSet): Matcher {
  return {
    match(event, stage, hit) {
      const names = event.get(stage === 'arrival' ? 'rules' : 'ordered') as readonly string[];
      for (const detected of rules.detections) {
        if (names.includes(detected.rule.id)) hit(detected);
      }
    },
    waits: () => rules.detections.some(({ rule }) => rule.id.startsWith('ordered')),
    mayMatch: (event) => (event.get('ordered') as readonly string[]).length > 0,
    needsTracked: () => false,
    hasOrdered: rules.detections.some(({ rule }) => rule.id.startsWith('ordered')),
    matchedSelections: () => ['selection'],
    computed: (_, event) => [...event.derived],
    field: (event, name) => event.derived.get(name) ?? event.get(name),
    problems: [],
  };
}

export interface FakeEngineOptions {
  readonly limits?: Partial<EngineLimits>;
  readonly trackers?: readonly Tracker[];
}

export function engineFor(rules: RuleSet, options: FakeEngineOptions = {}): Engine {
  return createEngine({
    ruleSet: rules,
    matcher: fakeMatcher(rules),
    enrichments: { derivations: [], trackers: options.trackers ?? [] },
    limits: { ...defaultLimits, ...options.limits },
    revive: (record) => eventOf(record),
  });
}

/** Everything a run emits, to the end of input. */
export function run(engine: Engine, batches: readonly (readonly TelemetryEvent[])[]): Detection[] {
  const detections: Detection[] = [];
  for (const batch of batches) engine.observe(batch, (detected) => detections.push(detected));
  engine.advance(END, (detected) => detections.push(detected));
  return detections;
}

export const END: EventTime = Number.MAX_SAFE_INTEGER;

/** The name of an alert as its identity sees it. */
export function alertName(detected: Detection): string {
  const key = detected.key.map(({ value }) => value);
  const { rule, meaning, host, eventId, episodeStart } = detected;
  return eventId === undefined
    ? JSON.stringify([rule.id, meaning, key, episodeStart])
    : JSON.stringify([rule.id, meaning, host, eventId]);
}

/** The last state of each alert, by name. */
export function finalStates(detections: readonly Detection[]): ReadonlyMap<string, Detection> {
  const states = new Map<string, Detection>();
  for (const detected of detections) states.set(alertName(detected), detected);
  return states;
}
