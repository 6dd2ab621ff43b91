import { parseTime } from '../base/date.ts';
import { ownValue } from '../base/json.ts';
import { ownField, textOf } from '../event/field-value.ts';
import { at, constant, converted, either, first } from '../event/reader.ts';
import type { Reader } from '../event/reader.ts';
import { ecs } from '../event/shape.ts';
import type { ProcessReaders } from '../event/shape.ts';
import { addressBeforePort } from './address.ts';
import { auditSensor } from './cloud-senses.ts';
import { shapeOfKind } from './event-kind.ts';
import type { FormatFamily } from './format.ts';
import { userFields } from './proxy/request.ts';
import { timeOf } from './moment.ts';
import { alone, wholeEvent } from './records.ts';
import type { ObjectFormat } from './records.ts';

/** The version of the records that is read; docs/token-broker-audit.md describes it. */
export const TOKEN_SCHEMA = 'tidegate.token/1';

const PREFIX = 'tidegate.token/';

const moment = (path: string): Reader =>
  converted(at(path), (value) => (typeof value === 'string' ? parseTime(value) : undefined));

const asker: ProcessReaders = {
  guid: at('subject.process.entity_id'),
  pid: at('subject.process.pid'),
  start: moment('subject.process.start'),
  user: at('subject.user'),
};

const source = converted(at('source.ip'), addressBeforePort);

const shape = shapeOfKind({
  sensor: 'token-broker',
  product: 'tidegate',
  services: ['token-broker'],
  process: asker,
  aliases: [
    ['User', at('subject.user')],
    ['event.action', first('action')],
    ['event.outcome', first('outcome')],
    ['secret.name', at('token.audience')],
    ['process.ai_agent.name', at('subject.agent')],
  ],
  fields: [
    ecs('event.kind', constant('event')),
    ecs('event.module', constant('token-broker')),
    ecs('event.category', () => ['iam']),
    ecs(
      'event.type',
      converted(first('action'), (action) => [TYPES.get(String(action)) ?? 'info']),
    ),
    ecs('event.action', first('action')),
    ecs('event.outcome', first('outcome')),
    ecs('event.reason', first('reason')),
    ecs('event.id', first('id')),
    ...userFields(at('subject.user')),
    ecs('source.ip', source),
    ecs('user_agent.original', first('client')),
    ecs('process.entity_id', at('subject.process.entity_id')),
    ecs('process.pid', at('subject.process.pid')),
    ecs('process.start', at('subject.process.start')),
    ecs('process.ai_agent.name', at('subject.agent')),
    ecs('gen_ai.conversation.id', at('subject.session')),
    ecs('secret.name', at('token.audience')),
    ecs('token.id', at('token.id')),
    ecs('token.parent', at('token.parent')),
    ecs('token.audience', at('token.audience')),
    ecs('token.scopes', at('token.scopes')),
    ecs('token.expires', at('token.expires')),
    ecs('token.uses', at('token.uses')),
    ecs('confirmation.id', at('confirmation.id')),
    ecs('confirmation.by', at('confirmation.by')),
    ecs('confirmation.at', at('confirmation.at')),
    ecs('rule.id', at('policy.id')),
  ],
});

const TYPES: ReadonlyMap<string, string> = new Map([
  ['grant', 'creation'],
  ['refusal', 'denied'],
  ['revocation', 'deletion'],
  ['introspection', 'access'],
  ['expiry', 'end'],
]);

const host = either(at('subject.host'));
const tokenId = either(at('token.id'));

const REQUIRED: readonly (readonly [name: string, read: Reader])[] = [
  ['id', first('id')],
  ['time', first('time')],
  ['action', first('action')],
  ['outcome', first('outcome')],
  ['token.audience', either(at('token.audience'))],
  ['subject.user', either(at('subject.user'))],
  ['subject.host', host],
];

const happened = { read: first('time') };

const decisions: ObjectFormat = {
  recognises(object) {
    const schema = ownValue(object, 'schema');
    return typeof schema === 'string' && schema.startsWith(PREFIX);
  },
  event(object, place) {
    const schema = textOf(ownField(object, 'schema')) ?? '';
    if (schema !== TOKEN_SCHEMA) {
      return { reason: 'unknown_format', detail: `schema ${schema.slice(0, 40)}` };
    }
    for (const [name, read] of REQUIRED) {
      if (textOf(read(object)) === undefined) return { reason: 'missing_field', detail: name };
    }
    const action = textOf(first('action')(object)) ?? '';
    if (!TYPES.has(action))
      return { reason: 'wrong_type', detail: `action ${action.slice(0, 40)}` };
    if (action !== 'refusal' && textOf(tokenId(object)) === undefined) {
      return { reason: 'missing_field', detail: 'token.id' };
    }
    const time = timeOf(happened, object, place.record);
    if (typeof time !== 'number') return time;
    return wholeEvent(object, place, {
      shape,
      time,
      host: textOf(host(object)) ?? '',
      sensorId: textOf(first('id')(object)),
    });
  },
};

/** A token broker's audit log. */
export const tokenBroker: FormatFamily = {
  name: 'token-broker',
  description: `a token broker's audit log (${TOKEN_SCHEMA})`,
  sensors: [
    auditSensor('token-broker', 'Token broker', {
      products: ['tidegate'],
      categories: [],
      services: ['token-broker'],
    }),
  ],
  json: [alone(decisions)],
};
