import type { Alert } from '../../src/alert/alert.ts';
import type { EcsDocument, EcsValue } from '../../src/event/event.ts';
import { sampleAlert } from '../sinks/sample-alert.ts';

/**
 * An alert in which every text is the payload: those of the document whatever their place, and names
 * of fields too. Numbers and times stay, or the alert would be shown nowhere.
 */
export function hostileAlert(number: number, payload: string): Alert {
  const alert = sampleAlert(number);
  const document = hostile(alert.document ?? {}, payload) as EcsDocument;
  const process = {
    entity_id: payload,
    name: payload,
    executable: payload,
    command_line: payload,
    pid: 7,
    ai_agent: { name: payload },
    parent: { name: payload, executable: payload, command_line: payload, pid: 6 },
  };
  const event = {
    event: { action: payload, category: [payload, 'network'] },
    process,
    file: { path: payload },
    destination: { domain: payload, ip: payload },
    url: { full: payload },
    tidegate: {
      destination: { class: payload, host: payload },
      dlp: { labels: [payload] },
      payload: { base64_bytes: 1 },
    },
    [payload]: payload,
  };
  const evidence = [0, 1, 2].map((place) => ({
    id: `${payload} ${String(place)}`,
    time: new Date(alert.time + place).toISOString(),
    rule: payload,
    source: { file: payload, partition: 0, line: place },
    event,
  }));
  const id = `${String(number)} ${payload}`.slice(0, 190).toWellFormed();
  return {
    ...alert,
    id,
    ruleId: payload,
    document: {
      ...document,
      process,
      gen_ai: { agent: { name: payload } },
      user: { name: payload, domain: payload },
      host: { name: payload, os: { name: payload } },
      rule: { name: payload, id: payload },
      threat: { technique: { id: [payload] } },
      tidegate: {
        ...(document['tidegate'] as EcsDocument),
        key: [{ field: 'x', value: payload }],
        matched: [payload],
        lineage: { root: { entity_id: payload, executable: payload } },
        dlp: { labels: [payload] },
        window: { ...window(alert) },
        limit: [{ operator: 'gte', value: 2 }],
        value: 2,
      },
    },
    state: { ...alert.state, id, sentence: payload, evidence },
  };
}

function window({ time }: Alert): EcsDocument {
  return {
    from: new Date(time - 60_000).toISOString(),
    to: new Date(time + 1).toISOString(),
    timespan_ms: 60_000,
  };
}

function hostile(value: EcsValue, payload: string): EcsValue {
  if (typeof value === 'string') return payload;
  if (Array.isArray(value)) return value.map((each: EcsValue) => hostile(each, payload));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value as EcsDocument);
  return Object.fromEntries(entries.map(([name, each]) => [name, hostile(each, payload)]));
}
