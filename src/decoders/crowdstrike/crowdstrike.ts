import { isJsonObject, ownValue } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { FieldEvent } from '../../event/field-event.ts';
import { ownField, textOf } from '../../event/field-value.ts';
import { at, either, first } from '../../event/reader.ts';
import type { FormatFamily } from '../format.ts';
import { alone } from '../records.ts';
import type { ObjectFormat } from '../records.ts';
import { machineName } from './fields.ts';
import { customerKind, crowdstrikeKind } from './kinds.ts';
import { crowdstrikeSensor } from './senses.ts';
import { NO_TIME } from '../time.ts';
import { crowdstrikeTime } from './time.ts';

const records: ObjectFormat = {
  recognises(object) {
    const inner = ownValue(object, 'event');
    return (
      nameIn(object) !== undefined ||
      streamType(object) !== undefined ||
      (isJsonObject(inner) && nameIn(inner) !== undefined) ||
      isInventory(object)
    );
  },
  event(object, place) {
    const inner = ownValue(object, 'event');
    // Event streams and some relays put the record beside fields of their own.
    const data = isJsonObject(inner) ? inner : object;
    const audit = streamType(object);
    const name = nameIn(data) ?? nameIn(object) ?? audit ?? 'inventory';
    const isAudit = audit !== undefined && AUDIT.test(audit);
    const machine = isAudit ? undefined : (machineOf(data) ?? machineOf(object));
    const host = textOf(machine ?? customer(object));
    if (host === undefined) return { reason: 'missing_field', detail: 'aid' };
    const time = crowdstrikeTime(name, data, object) ?? place.record.recordTime ?? NO_TIME;
    if (Number.isNaN(time)) return { reason: 'invalid_time', detail: name.slice(0, 40) };
    const platform = textOf(ownField(data, 'event_platform')) ?? '';
    const shapes = machine === undefined ? customerKind : crowdstrikeKind(name, data);
    return new FieldEvent({
      shape: shapes[PRODUCTS.get(platform) ?? 'unknown'],
      data,
      whole: object,
      time,
      host,
      sensorId: textOf(ownField(data, 'id')),
      isUnpacked: false,
      ...place,
    });
  },
};

/** CrowdStrike's Falcon Data Replicator, its inventory and its event stream. */
export const crowdstrike: FormatFamily = {
  name: 'crowdstrike',
  description: 'CrowdStrike Falcon Data Replicator (FDR) and event streams',
  sensors: [crowdstrikeSensor],
  json: [alone(records)],
};

const PRODUCTS: ReadonlyMap<string, 'windows' | 'linux' | 'macos'> = new Map([
  ['Win', 'windows'],
  ['Mac', 'macos'],
  ['Lin', 'linux'],
]);

// Who did what in the console; these are about no machine.
const AUDIT = /AuditEvent$/;

// The sensor's own id is on every record of a machine; its name only on some, where a relay joined the inventory.
const machineOf = either(first('aid', 'AgentIdString', 'SensorId'), machineName);
const customer = either(at('metadata.customerIDString'), first('cid'));

function nameIn(object: JsonObject): string | undefined {
  for (const field of ['event_simpleName', 'ExternalApiType']) {
    const name = ownValue(object, field);
    if (typeof name === 'string' && name !== '') return name;
  }
  return undefined;
}

function streamType(object: JsonObject): string | undefined {
  const metadata = ownValue(object, 'metadata');
  if (!isJsonObject(metadata) || ownValue(metadata, 'customerIDString') === undefined) {
    return undefined;
  }
  const type = ownValue(metadata, 'eventType');
  return typeof type === 'string' ? type : undefined;
}

// Who has which machine and account: these have no name of an event, only the customer's id.
function isInventory(object: JsonObject): boolean {
  return (
    typeof ownValue(object, 'cid') === 'string' &&
    (typeof ownValue(object, 'aid') === 'string' ||
      typeof ownValue(object, 'UserSid_readable') === 'string')
  );
}
