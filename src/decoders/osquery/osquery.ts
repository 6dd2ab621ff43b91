import { timeOfSeconds } from '../../base/date.ts';
import { isJsonArray, isJsonObject, ownValue, plainObject, valueAt } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { FieldEvent } from '../../event/field-event.ts';
import { ownField, textOf } from '../../event/field-value.ts';
import type { TelemetryEvent } from '../../event/event.ts';
import type { DecodeProblem } from '../../event/problem.ts';
import { isMeant } from '../../event/reader.ts';
import type { RawRecord } from '../../event/record.ts';
import type { FormatFamily, JsonFormat } from '../format.ts';
import { UNKNOWN_HOST } from '../host.ts';
import { NO_TIME } from '../time.ts';
import { fileRowKind } from './files.ts';
import { kindOf } from './kind.ts';
import type { KindByProduct } from './kind.ts';
import { networkRowKind } from './network.ts';
import { processRowKind } from './processes.ts';
import { productOf } from './product.ts';
import { osquerySensor } from './senses.ts';
import { isEvented, tableOf } from './tables.ts';
import type { OsqueryTable } from './tables.ts';

const osqueryResults: JsonFormat = {
  recognises(object) {
    if (typeof ownValue(object, 'name') !== 'string') return false;
    return (
      (typeof ownValue(object, 'action') === 'string' &&
        (isJsonObject(ownValue(object, 'columns')) || isJsonArray(ownValue(object, 'snapshot')))) ||
      isJsonObject(ownValue(object, 'diffResults'))
    );
  },
  decode(object, record, _isPlain, emit) {
    return new Result(object, record, emit).decode();
  },
};

/** Results of osquery's scheduled queries. */
export const osquery: FormatFamily = {
  name: 'osquery',
  description: 'osquery results in event, snapshot and batch format',
  sensors: [osquerySensor],
  json: [osqueryResults],
};

const other = kindOf({ fields: [], showsData: true });

/** Decodes one result, which may hold many rows. */
class Result {
  readonly #whole: JsonObject;
  readonly #record: RawRecord;
  readonly #emit: (event: TelemetryEvent) => void;
  readonly #host: string;
  readonly #query: string;
  readonly #queryTime: number | undefined;
  #index: number;

  constructor(whole: JsonObject, record: RawRecord, emit: (event: TelemetryEvent) => void) {
    this.#whole = whole;
    this.#record = record;
    this.#emit = emit;
    this.#host = hostOf(whole, record);
    this.#query = textOf(ownField(whole, 'name')) ?? '';
    this.#queryTime = timeOfQuery(whole, record);
    this.#index = 0;
  }

  decode(): DecodeProblem | undefined {
    const columns = ownValue(this.#whole, 'columns');
    if (isJsonObject(columns)) {
      const action = textOf(ownField(this.#whole, 'action')) ?? '';
      return this.#row(columns, this.#whole, action);
    }
    const snapshot = ownValue(this.#whole, 'snapshot');
    if (isJsonArray(snapshot)) return this.#rows(snapshot, 'snapshot');
    const difference = ownValue(this.#whole, 'diffResults');
    if (!isJsonObject(difference)) return { reason: 'wrong_type', detail: 'diffResults' };
    const added = ownValue(difference, 'added');
    const removed = ownValue(difference, 'removed');
    const first = isJsonArray(added) ? this.#rows(added, 'added') : undefined;
    const second = isJsonArray(removed) ? this.#rows(removed, 'removed') : undefined;
    return first ?? second;
  }

  // A row that can not be read does not stop the rows after it.
  #rows(rows: readonly JsonValue[], action: string): DecodeProblem | undefined {
    let problem: DecodeProblem | undefined;
    const header = this.#header();
    for (const columns of rows) {
      if (isJsonObject(columns)) {
        const refused = this.#row(columns, { ...header, action, columns }, action);
        problem ??= refused;
      } else {
        problem ??= { reason: 'wrong_type', detail: `a row of ${action}` };
      }
    }
    return problem;
  }

  // Without the other rows: a rule that searches all values must see this row only.
  #header(): JsonObject {
    const { snapshot: _snapshot, diffResults: _difference, ...header } = plainObject(this.#whole);
    return header;
  }

  // What a query removed, found on its first run or lists each time is no new activity, except that rows of
  // tables of events are always news.
  #row(columns: JsonObject, whole: JsonObject, action: string): DecodeProblem | undefined {
    const table = tableOf(this.#query, columns);
    const isFirstRun = textOf(ownField(this.#whole, 'counter')) === '0';
    const isNew = isEvented(table) ? action !== 'removed' : action === 'added' && !isFirstRun;
    const time = timeOfRow(columns, isEvented(table)) ?? this.#queryTime;
    if (time === undefined) return { reason: 'invalid_time', detail: 'unixTime' };
    const kind = kindOfRow(table, columns, isNew);
    this.#emit(
      new FieldEvent({
        shape: kind[productOf(this.#whole, table, columns)],
        data: columns,
        whole,
        time,
        host: this.#host,
        sensorId: undefined,
        isUnpacked: false,
        // The action of a row of a snapshot is not written in the record.
        isPlain: false,
        record: this.#record,
        index: this.#index++,
      }),
    );
    return undefined;
  }
}

function kindOfRow(
  table: OsqueryTable | undefined,
  columns: JsonObject,
  isNew: boolean,
): KindByProduct {
  if (table === undefined) return other;
  return (
    processRowKind(table, columns, isNew) ??
    fileRowKind(table, columns, isNew) ??
    networkRowKind(table, columns, isNew) ??
    other
  );
}

// When it happened, for tables of events; `unixTime` is when the query ran.
function timeOfRow(columns: JsonObject, isEvent: boolean): number | undefined {
  return isEvent ? timeOfSeconds(ownValue(columns, 'time')) : undefined;
}

// A result that says nothing of its time (some forwarders leave the header out) is kept; one whose time makes no
// sense is refused.
function timeOfQuery(whole: JsonObject, record: RawRecord): number | undefined {
  const unixTime = ownValue(whole, 'unixTime');
  return unixTime === undefined ? (record.recordTime ?? NO_TIME) : timeOfSeconds(unixTime);
}

// The Kafka logger's key is `<host name>_<binary name>`.
function hostOf(whole: JsonObject, record: RawRecord): string {
  const candidates = [
    ownField(whole, 'hostIdentifier'),
    hostText(valueAt(whole, ['decorations', 'hostname'])),
    hostText(valueAt(whole, ['decorations', 'host_uuid'])),
    record.key === undefined ? undefined : utf8.decode(record.key).replace(/_osqueryd?$/, ''),
  ];
  for (const candidate of candidates) {
    const host = isMeant(candidate) ? textOf(candidate) : undefined;
    if (host !== undefined) return host;
  }
  return UNKNOWN_HOST;
}

function hostText(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

const utf8 = new TextDecoder();
