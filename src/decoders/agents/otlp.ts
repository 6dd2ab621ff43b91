import { isJsonArray, isJsonObject, ownValue } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';

/** One log record with the attributes of its resource, as one flat object. */
export interface OtlpLog {
  readonly attributes: JsonObject;
  /** Nanoseconds since the epoch, in digits. */
  readonly timeUnixNano: string | undefined;
  readonly eventName: string | undefined;
  readonly body: JsonValue | undefined;
}

const ATTRIBUTES_MAX = 512;

/** True for a batch of OTLP logs in JSON. */
export function isOtlpLogs(object: JsonObject): boolean {
  return isJsonArray(ownValue(object, 'resourceLogs'));
}

/** The log records of a batch, in order. An attribute of the record wins over one of its resource. */
export function* otlpLogs(batch: JsonObject): Generator<OtlpLog | undefined> {
  for (const resourceLog of objectsIn(batch, 'resourceLogs')) {
    const resource = ownValue(resourceLog, 'resource');
    const shared = isJsonObject(resource) ? resource : undefined;
    for (const scopeLog of objectsIn(resourceLog, 'scopeLogs')) {
      for (const record of itemsIn(scopeLog, 'logRecords')) {
        yield isJsonObject(record) ? readLog(record, shared) : undefined;
      }
    }
  }
}

function readLog(record: JsonObject, resource: JsonObject | undefined): OtlpLog {
  const attributes = new Map<string, JsonValue>();
  if (resource !== undefined) addAttributes(resource, attributes);
  addAttributes(record, attributes);
  const nanos = ownValue(record, 'timeUnixNano');
  const name = ownValue(record, 'eventName');
  const body = ownValue(record, 'body');
  return {
    attributes: Object.fromEntries(attributes),
    timeUnixNano:
      typeof nanos === 'number' || typeof nanos === 'string' ? String(nanos) : undefined,
    eventName: typeof name === 'string' && name !== '' ? name : undefined,
    body: isJsonObject(body) ? plainValue(body) : undefined,
  };
}

function addAttributes(holder: JsonObject, into: Map<string, JsonValue>): void {
  for (const attribute of objectsIn(holder, 'attributes')) {
    if (into.size >= ATTRIBUTES_MAX) return;
    const key = ownValue(attribute, 'key');
    const value = ownValue(attribute, 'value');
    if (typeof key === 'string' && isJsonObject(value)) into.set(key, plainValue(value));
  }
}

/**
 * A value without its type. Integers of 64 bits are texts in OTLP's JSON, and bare numbers from some senders;
 * both stay as they are written.
 */
function plainValue(value: JsonObject): JsonValue {
  for (const name of SCALARS) {
    const found = ownValue(value, name);
    if (found !== undefined && !isJsonObject(found)) return found;
  }
  const list = ownValue(value, 'arrayValue');
  if (isJsonObject(list)) return [...objectsIn(list, 'values')].map(plainValue);
  const pairs = ownValue(value, 'kvlistValue');
  if (!isJsonObject(pairs)) return null;
  const fields = new Map<string, JsonValue>();
  for (const pair of objectsIn(pairs, 'values')) {
    const key = ownValue(pair, 'key');
    const inner = ownValue(pair, 'value');
    if (typeof key === 'string' && isJsonObject(inner)) fields.set(key, plainValue(inner));
  }
  return Object.fromEntries(fields);
}

const SCALARS: readonly string[] = [
  'stringValue',
  'intValue',
  'doubleValue',
  'boolValue',
  'bytesValue',
];

function* objectsIn(holder: JsonObject, name: string): Generator<JsonObject> {
  for (const item of itemsIn(holder, name)) if (isJsonObject(item)) yield item;
}

function itemsIn(holder: JsonObject, name: string): readonly JsonValue[] {
  const items = ownValue(holder, name);
  return isJsonArray(items) ? items : [];
}
