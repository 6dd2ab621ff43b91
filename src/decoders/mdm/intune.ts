import { isJsonObject, ownValue } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { textOf } from '../../event/field-value.ts';
import { at, constant, converted, either, first } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField } from '../../event/shape.ts';
import { auditSensor } from '../cloud-senses.ts';
import { shapeOfKind } from '../event-kind.ts';
import type { FormatFamily } from '../format.ts';
import { timeOf } from '../moment.ts';
import { userFields } from '../proxy/request.ts';
import { alone, listed, wholeEvent } from '../records.ts';
import type { ObjectFormat } from '../records.ts';

/** A field of the entry's `properties`, or of the entry as Log Analytics has it. */
function named(name: string): Reader {
  return either(at(`properties.${name}`), first(name));
}

const device = named('DeviceName');
const deviceId = named('DeviceId');
const state = either(named('ComplianceState'), named('AlertDisplayName'));
const upn = either(named('UPN'), at('properties.Actor.UPN'), first('identity', 'Identity'));
const operation = first('operationName', 'OperationName');

const fields: readonly EcsField[] = [
  ecs('event.kind', constant('event')),
  ecs('event.module', constant('intune')),
  ecs('event.category', () => ['host', 'configuration']),
  ecs('event.type', () => ['info']),
  ecs('event.action', operation),
  ecs('event.id', either(named('AuditEventId'), first('correlationId'))),
  ecs(
    'event.outcome',
    converted(first('resultType', 'ResultType'), (value) => String(value).toLowerCase()),
  ),
  ...userFields(upn),
];

// A report about a device. It is as old as `LastContact` says, and a rule must see that.
const ofDevice = shapeOfKind({
  sensor: 'intune',
  services: ['intune'],
  aliases: [
    ['ComplianceState', state],
    ['device.id', deviceId],
    ['LastContact', named('LastContact')],
    ['User', upn],
  ],
  fields: [
    ...fields,
    ecs('host.id', deviceId),
    ecs('host.os.name', named('OS')),
    ecs('host.os.version', named('OSVersion')),
    ecs('device.id', deviceId),
    ecs('device.serial_number', named('SerialNumber')),
    ecs('device.model.name', named('Model')),
    ecs('device.compliance.state', state),
    ecs('device.compliance.last_contact', named('LastContact')),
    ecs('device.compliance.grace_until', named('InGracePeriodUntil')),
    ecs('device.threat_level', named('DeviceHealthThreatLevel')),
  ],
  dataPath: 'intune',
});

// What an administrator did: profiles, programs, policies.
const ofTenant = shapeOfKind({
  sensor: 'intune',
  services: ['intune'],
  aliases: [
    ['User', upn],
    ['target.name', at('properties.TargetDisplayNames')],
    ['ModifiedProperties.Name', at('properties.Targets.ModifiedProperties.Name')],
    ['ModifiedProperties.New', at('properties.Targets.ModifiedProperties.New')],
  ],
  fields: [
    ...fields,
    ecs('user.id', at('properties.Actor.ObjectId')),
    ecs('event.provider', at('properties.Actor.ApplicationName')),
    ecs('intune.target.name', at('properties.TargetDisplayNames')),
  ],
  dataPath: 'intune',
  hostPath: 'organization.id',
});

const happened = either(
  at('properties.ActivityDate'),
  first('TimeGenerated'),
  at('properties.EventDateTime'),
  first('time'),
);
const timeField = { read: happened };
const tenant = first('tenantId', 'TenantId');

const LOGS: ReadonlySet<string> = new Set([
  'DeviceComplianceOrg',
  'Devices',
  'OperationalLogs',
  'IntuneDeviceComplianceOrg',
  'IntuneDevices',
  'IntuneOperationalLogs',
  'IntuneAuditLogs',
]);

const entries: ObjectFormat = {
  recognises(object) {
    const category = ownValue(object, 'category') ?? ownValue(object, 'Type');
    if (typeof category !== 'string') return false;
    return LOGS.has(category) || (category === 'AuditLogs' && isIntuneAudit(object));
  },
  event(object, place) {
    const name = textOf(device(object));
    const host = name ?? textOf(deviceId(object)) ?? textOf(tenant(object));
    if (host === undefined) return { reason: 'missing_field', detail: 'DeviceName or tenantId' };
    const time = timeOf(timeField, object, place.record);
    if (typeof time !== 'number') return time;
    return wholeEvent(object, place, {
      shape: name === undefined && deviceId(object) === undefined ? ofTenant : ofDevice,
      time,
      host,
      sensorId: textOf(at('properties.AuditEventId')(object)),
    });
  },
};

// The directory's audit log has the same category; Intune's names who acted with a capital.
function isIntuneAudit(object: JsonObject): boolean {
  const properties = ownValue(object, 'properties');
  return isJsonObject(properties) && isJsonObject(ownValue(properties, 'Actor'));
}

/** Microsoft Intune's diagnostic logs. */
export const intune: FormatFamily = {
  name: 'intune',
  description: 'Microsoft Intune: audit, compliance of devices, operations',
  sensors: [
    auditSensor('intune', 'Microsoft Intune', {
      products: [],
      categories: [],
      services: ['intune'],
    }),
  ],
  json: [alone(entries), listed(entries)],
};
