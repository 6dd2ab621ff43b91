import type { Detection, Evidence } from '../../src/engine/engine.ts';
import type { EcsDocument } from '../../src/event/event.ts';
import type {
  Correlation,
  CorrelationRule,
  DetectionRule,
  RuleHeader,
} from '../../src/language/tree.ts';

/** 2026-11-23T14:00:00Z. */
export const NOON: number = Date.UTC(2026, 10, 23, 14);

const header: RuleHeader = {
  id: '6f9a4b0e-0d4c-4d5e-9d43-0c5a1f6f2a11',
  name: 'agent_reads',
  title: 'Agent reads protected files in bulk',
  status: 'test',
  description: 'An agent opens many protected files.',
  author: 'Tidegate',
  date: '2026-05-01',
  modified: '2026-06-02',
  references: ['https://example.org/a'],
  tags: ['attack.collection', 'attack.t1005', 'atlas.aml.t0086', 'detection.threat-hunting'],
  falsepositives: ['Indexing a folder on request'],
  fields: ['file.path', 'absent.field'],
  level: 'high',
  related: [],
  custom: new Map(),
  source: { file: 'rules/collection/agent_bulk_read.yml', line: 1, text: 'title: x' },
};

/** A detection rule of the tests. */
export function detectionRule(parts: Partial<DetectionRule> = {}): DetectionRule {
  return {
    ...header,
    kind: 'detection',
    logsource: { category: 'process_creation' },
    selections: new Map(),
    conditions: [],
    ...parts,
  };
}

/** A correlation rule of the tests: at least 40 in a minute, by agent. */
export function correlationRule(
  correlation: Partial<Correlation> = {},
  parts: Partial<CorrelationRule> = {},
): CorrelationRule {
  return {
    ...header,
    kind: 'correlation',
    correlation: {
      type: 'event_count',
      rules: ['agent_reads'],
      groupBy: ['process.ai_agent.name'],
      timespanMs: 60_000,
      condition: { kind: 'threshold', bounds: [{ operator: 'gte', value: 40 }], fields: [] },
      aliases: new Map(),
      generate: false,
      missingFields: 'drop',
      ...correlation,
    },
    ...parts,
  };
}

/** One contributing event, `index` seconds after noon. */
export function evidenceOf(index: number, document: EcsDocument, ruleId = 'base'): Evidence {
  return {
    id: `LAP-7/${index}`,
    time: NOON + index * 1000,
    position: { source: '/var/log/events.ndjson', partition: 0, offset: index + 1 },
    ruleId,
    document,
  };
}

/** What an agent's file read looks like. */
export function fileRead(path: string, more: EcsDocument = {}): EcsDocument {
  return {
    event: { category: ['file'], type: ['access'], action: 'open' },
    host: { name: 'LAP-7', ip: ['10.0.0.7'] },
    user: { name: 'ana' },
    process: {
      name: 'node',
      pid: 4711,
      executable: '/usr/bin/node',
      ai_agent: { name: 'claude_code', is_descendant: true },
      parent: { name: 'claude' },
    },
    file: { path },
    ...more,
  };
}

/** A detection of one event. */
export function single(document: EcsDocument, parts: Partial<Detection> = {}): Detection {
  const evidence = evidenceOf(0, document);
  return {
    rule: detectionRule(),
    phase: 'opened',
    meaning: 'aa'.repeat(32),
    host: 'LAP-7',
    key: [],
    episodeStart: undefined,
    eventId: evidence.id,
    firstTime: evidence.time,
    lastTime: evidence.time,
    count: 1,
    value: undefined,
    window: undefined,
    evidence: [evidence],
    matched: ['selection'],
    ...parts,
  };
}

/** A detection of a window that opened with these events. */
export function windowed(
  documents: readonly EcsDocument[],
  correlation: Partial<Correlation> = {},
  parts: Partial<Detection> = {},
): Detection {
  const evidence = documents.map((document, index) => evidenceOf(index, document, `base-${index}`));
  const lastTime = NOON + (documents.length - 1) * 1000;
  return {
    rule: correlationRule(correlation),
    phase: 'opened',
    meaning: 'bb'.repeat(32),
    host: 'LAP-7',
    key: [{ field: 'process.ai_agent.name', value: 'claude_code' }],
    episodeStart: NOON,
    eventId: undefined,
    firstTime: NOON,
    lastTime,
    count: 143,
    value: 143,
    window: { from: lastTime - 60_000, to: lastTime, timespanMs: 60_000 },
    evidence,
    matched: ['agent_reads'],
    ...parts,
  };
}
