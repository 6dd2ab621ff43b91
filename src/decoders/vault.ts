import { isJsonObject, ownValue } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import { textOf } from '../event/field-value.ts';
import { at, constant, converted, either, first } from '../event/reader.ts';
import type { Reader } from '../event/reader.ts';
import { ecs } from '../event/shape.ts';
import type { EcsField, EventShape } from '../event/shape.ts';
import { addressBeforePort } from './address.ts';
import { auditSensor } from './cloud-senses.ts';
import { shapeOfKind } from './event-kind.ts';
import type { FormatFamily } from './format.ts';
import { timeOf } from './moment.ts';
import { alone, wholeEvent } from './records.ts';
import type { ObjectFormat } from './records.ts';
import { userFields } from './proxy/request.ts';

const path = at('request.path');
const operation = at('request.operation');
const remote = converted(at('request.remote_address'), addressBeforePort);
// What the token's owner is called, and the token itself: the same HMAC for the same token within one device.
const owner = at('auth.display_name');
const accessor = either(at('auth.accessor'), at('request.client_token_accessor'));
const granted = either(at('response.auth.accessor'), at('response.wrap_info.accessor'));

// A refusal says so in `error`, or in the policies' own result.
const outcome: Reader = (data) => {
  const error = textOf(first('error')(data));
  const allowed = at('auth.policy_results.allowed')(data);
  return error !== undefined || allowed === false ? 'failure' : 'success';
};

const fields: readonly EcsField[] = [
  ecs('event.kind', constant('event')),
  ecs('event.module', constant('vault')),
  ecs('event.category', () => ['iam']),
  ecs('event.action', operation),
  ecs('event.reason', first('error')),
  ecs('event.id', (data) => {
    const id = textOf(at('request.id')(data));
    return id === undefined ? undefined : `${id}/${textOf(first('type')(data)) ?? ''}`;
  }),
  ...userFields(owner),
  ecs('user.id', at('auth.entity_id')),
  ecs('source.ip', remote),
  ecs('secret.name', path),
  ecs('token.id', accessor),
  ecs('token.granted', granted),
];

const aliases: readonly (readonly [string, Reader])[] = [
  ['secret.name', path],
  ['token.id', accessor],
  ['token.granted', granted],
  ['event.outcome', outcome],
];

function kind(type: string, outcomeFields: readonly EcsField[]): EventShape {
  return shapeOfKind({
    sensor: 'vault',
    product: 'hashicorp_vault',
    services: ['audit'],
    aliases,
    fields: [...fields, ecs('event.type', () => [type]), ...outcomeFields],
    dataPath: 'vault',
    hostPath: 'host.ip',
  });
}

// A deed is logged twice: when it is asked for, and when it is answered. Rules count answers.
const asked = kind('start', []);
const answered = kind('access', [ecs('event.outcome', outcome)]);

const TYPES: ReadonlyMap<string, EventShape> = new Map([
  ['request', asked],
  ['response', answered],
  ['kmip-request', asked],
  ['kmip-response', answered],
]);

const happened = { read: first('time') };

const entries: ObjectFormat = {
  recognises: (object) =>
    shapeOf(object) !== undefined && isJsonObject(ownValue(object, 'request')),
  event(object, place) {
    const shape = shapeOf(object);
    if (shape === undefined) return { reason: 'wrong_type', detail: 'type' };
    const time = timeOf(happened, object, place.record);
    if (typeof time !== 'number') return time;
    return wholeEvent(object, place, {
      shape,
      time,
      // Agents and plug-ins inside the server have no address.
      host: textOf(remote(object)) ?? '127.0.0.1',
      sensorId: textOf(at('request.id')(object)) === undefined ? undefined : entryId(object),
    });
  },
};

function shapeOf(object: JsonObject): EventShape | undefined {
  const type = ownValue(object, 'type');
  return typeof type === 'string' ? TYPES.get(type) : undefined;
}

function entryId(object: JsonObject): string {
  return `${textOf(at('request.id')(object)) ?? ''}/${textOf(first('type')(object)) ?? ''}`;
}

/** HashiCorp Vault's audit devices. */
export const vault: FormatFamily = {
  name: 'vault',
  description: 'HashiCorp Vault audit log',
  sensors: [
    auditSensor('vault', 'HashiCorp Vault', {
      products: ['hashicorp_vault'],
      categories: [],
      services: ['audit'],
    }),
  ],
  json: [alone(entries)],
};
