import type {
  Activity,
  EcsDocument,
  EventOrigin,
  FieldValue,
  ProcessFacts,
  Scalar,
  TelemetryEvent,
} from '../event/event.ts';
import { logsource } from '../event/logsource.ts';
import type { Logsource } from '../event/logsource.ts';
import type { EventTime, Position } from '../event/record.ts';

/** What a made-up event says, in the words of rule tests. */
export interface SyntheticFacts {
  readonly time: EventTime;
  /** Which of the case's events it is; makes its identity. */
  readonly index: number;
  readonly host: string;
  readonly category?: string | undefined;
  readonly product?: string | undefined;
  readonly service?: string | undefined;
  readonly process?: ProcessFacts | undefined;
  /** Sigma fields by name. */
  readonly fields: ReadonlyMap<string, Scalar>;
}

const ACTIVITIES: ReadonlyMap<string, Activity> = new Map([
  ['process_creation', 'process_start'],
  ['process_termination', 'process_end'],
  ['file_access', 'file_read'],
  ['file_event', 'file_write'],
  ['file_change', 'file_write'],
  ['file_delete', 'file_delete'],
  ['network_connection', 'connection'],
  ['dns_query', 'dns'],
  ['clipboard_capture', 'clipboard'],
]);

// Sigma's names and the ECS names that stand in alert documents.
const ECS_NAMES: ReadonlyMap<string, string> = new Map([
  ['Image', 'process.executable'],
  ['CommandLine', 'process.command_line'],
  ['ProcessId', 'process.pid'],
  ['ProcessGuid', 'process.entity_id'],
  ['ParentImage', 'process.parent.executable'],
  ['ParentCommandLine', 'process.parent.command_line'],
  ['TargetFilename', 'file.path'],
  ['User', 'user.name'],
  ['DestinationIp', 'destination.ip'],
  ['DestinationHostname', 'destination.domain'],
  ['QueryName', 'dns.question.name'],
]);

/** An event of a rule test: no sensor wrote it, every field is what the case says. */
export class SyntheticEvent implements TelemetryEvent {
  readonly id: string;
  readonly time: EventTime;
  readonly host: string;
  readonly logsource: Logsource;
  readonly activity: Activity;
  readonly sensor: string = 'test';
  readonly position: Position;
  readonly origin: EventOrigin;
  readonly derived: Map<string, FieldValue> = new Map();
  readonly #process: ProcessFacts | undefined;
  readonly #fields: ReadonlyMap<string, Scalar>;

  constructor(facts: SyntheticFacts) {
    this.time = facts.time;
    this.host = facts.host;
    this.logsource = logsource(
      facts.product,
      facts.category === undefined ? [] : [facts.category],
      facts.service === undefined ? [] : [facts.service],
    );
    this.activity = ACTIVITIES.get(facts.category ?? '') ?? 'other';
    this.position = { source: 'test', partition: 0, offset: facts.index };
    // The record's time vouches for the event's, so that a case may leap over days.
    const record = { payload: null, recordTime: facts.time, position: this.position };
    this.origin = { record, index: 0 };
    // Events of one moment are ordered by id; a case means them in the order written.
    this.id = `${facts.host}/${String(facts.index).padStart(6, '0')}`;
    this.#process = facts.process;
    this.#fields = facts.fields;
  }

  get(field: string): FieldValue | undefined {
    const derived = this.derived.get(field);
    if (derived !== undefined) return derived;
    const own = this.#fields.get(field);
    return own === undefined && field === 'Computer' ? this.host : own;
  }

  someValue(visit: (value: Scalar) => boolean): boolean {
    for (const value of this.#fields.values()) if (visit(value)) return true;
    return false;
  }

  process(): ProcessFacts | undefined {
    return this.#process;
  }

  document(): EcsDocument {
    const document: EcsDocument = { '@timestamp': new Date(this.time).toISOString() };
    put(document, ['host', 'name'], this.host);
    for (const [field, value] of this.#fields) {
      put(document, (ECS_NAMES.get(field) ?? field).split('.'), value);
    }
    return document;
  }
}

function put(document: EcsDocument, path: readonly string[], value: Scalar): void {
  let inner = document;
  for (const name of path.slice(0, -1)) {
    const next = Object.hasOwn(inner, name) ? inner[name] : undefined;
    const map: EcsDocument = isDocument(next) ? next : {};
    inner[name] = map;
    inner = map;
  }
  const last = path[path.length - 1];
  if (last !== undefined && last !== '__proto__') inner[last] = value;
}

function isDocument(value: unknown): value is EcsDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
