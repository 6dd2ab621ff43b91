import { isJsonObject, ownValue } from '../../base/json.ts';
import { textOf } from '../../event/field-value.ts';
import { at, constant, converted, either } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import { auditSensor } from '../cloud-senses.ts';
import { shapeOfKind } from '../event-kind.ts';
import type { EventKind } from '../event-kind.ts';
import type { FormatFamily } from '../format.ts';
import { timeOf } from '../moment.ts';
import { userFields } from '../proxy/request.ts';
import { alone, wholeEvent } from '../records.ts';
import type { ObjectFormat } from '../records.ts';

/** A field in the product's camelCase, or in the snake_case of some relays. */
function named(path: string): Reader {
  const snake = path.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return either(at(path), at(snake));
}

// The computer stands below `event.computer`, or is the event itself.
function computer(name: string): Reader {
  return either(named(`event.computer.${name}`), named(`event.${name}`));
}

const eventName = named('webhook.webhookEvent');
const group = named('event.name');
const serial = computer('serialNumber');
const deviceName = computer('deviceName');
const udid = computer('udid');

const kind: EventKind = {
  sensor: 'jamf',
  product: 'macos',
  services: ['jamf'],
  aliases: [
    ['event.action', eventName],
    ['group.name', group],
    ['device.id', either(serial, udid)],
    ['User', computer('username')],
  ],
  fields: [
    ecs('event.kind', constant('event')),
    ecs('event.module', constant('jamf')),
    ecs('event.category', () => ['host', 'configuration']),
    ecs('event.type', () => ['info']),
    ecs('event.action', eventName),
    ecs('host.id', udid),
    ecs('host.os.type', constant('macos')),
    ecs('host.os.version', computer('osVersion')),
    ecs('device.id', either(serial, udid)),
    ecs('device.serial_number', serial),
    ecs('device.model.name', computer('model')),
    ecs('package.name', named('event.policyId')),
    ...userFields(either(computer('username'), computer('emailAddress'))),
    ecs('user.email', computer('emailAddress')),
  ],
  dataPath: 'jamf',
};
const ofDevice = shapeOfKind(kind);

// A group of computers changed; which ones, only ids say. Membership in a group is how posture is told.
const ofGroup = shapeOfKind({
  ...kind,
  fields: [
    ...kind.fields.filter(({ path }) => path[0] !== 'host' && path[0] !== 'device'),
    ecs('group.name', group),
    ecs('group.id', converted(named('event.jssid'), textOf)),
    ecs('jamf.added', named('event.groupAddedDevicesIds')),
    ecs('jamf.removed', named('event.groupRemovedDevicesIds')),
  ],
  hostPath: 'organization.name',
});

const timeField = { read: named('webhook.eventTimestamp') };

const webhooks: ObjectFormat = {
  recognises(object) {
    const webhook = ownValue(object, 'webhook');
    return (
      isJsonObject(webhook) &&
      isJsonObject(ownValue(object, 'event')) &&
      textOf(eventName(object)) !== undefined
    );
  },
  event(object, place) {
    const device = textOf(either(deviceName, serial, udid)(object));
    const time = timeOf(timeField, object, place.record);
    if (typeof time !== 'number') return time;
    return wholeEvent(object, place, {
      shape: device === undefined ? ofGroup : ofDevice,
      time,
      host: device ?? 'jamf',
      sensorId: undefined,
    });
  },
};

/** Jamf Pro's webhooks. */
export const jamf: FormatFamily = {
  name: 'jamf',
  description: 'Jamf Pro webhooks: check-ins, enrolment, policies, membership of smart groups',
  sensors: [
    auditSensor('jamf', 'Jamf Pro', { products: ['macos'], categories: [], services: ['jamf'] }),
  ],
  json: [alone(webhooks)],
};
