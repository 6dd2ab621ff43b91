import { parseTime } from '../../base/date.ts';
import { ownValue } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { ecsImage, ecsKind } from '../../event/ecs-fields.ts';
import { FieldEvent } from '../../event/field-event.ts';
import { at, constant, converted, field, integer } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField, EventShape } from '../../event/shape.ts';
import { ecsAliases, shapeOfKind } from '../event-kind.ts';
import type { FormatFamily, JsonFormat } from '../format.ts';
import { hostOfRecord } from '../host.ts';
import { unifiedLogSensor } from './senses.ts';

/** The sensor's name. */
const UNIFIED_LOG = 'unified-log';

const text = field('eventMessage');

/** What stands behind a mark in the message, up to a blank, comma or brace. */
function valued(mark: string, within?: string): Reader {
  return converted(text, (value) => {
    const message = typeof value === 'string' ? value : '';
    const from = within === undefined ? 0 : message.indexOf(within);
    const start = from === -1 ? -1 : message.indexOf(mark, from);
    if (start === -1) return undefined;
    const found = /^[^,\s{}]{1,1024}/.exec(message.slice(start + mark.length, start + 1100));
    return found?.[0];
  });
}

const base: readonly EcsField[] = [
  ecs('event.kind', constant('event')),
  ecs('event.module', constant(UNIFIED_LOG)),
  ecs('host.os.type', constant('macos')),
  ecs('log.level', field('messageType')),
  ecs('log.logger', field('subsystem')),
  ecs('message', text),
];

interface Row {
  readonly service?: string;
  readonly kind: readonly [category: string, type: string, action: string];
  readonly image: Reader;
  readonly pid: Reader;
  readonly fields?: readonly EcsField[];
}

function shape({ service, kind, image, pid, fields }: Row): EventShape {
  const words = ecsKind(...kind);
  return shapeOfKind({
    sensor: UNIFIED_LOG,
    product: 'macos',
    services: service === undefined ? [] : [service],
    process: { executable: image, pid },
    aliases: [['Image', image], ['ProcessId', pid], ...ecsAliases([...words, ...(fields ?? [])])],
    fields: [
      ...words,
      ...base,
      ...ecsImage('process', image),
      ecs('process.pid', integer(pid)),
      ...(fields ?? []),
    ],
  });
}

// The messages of one request for a permission, joined by `msgID`. The process is the one that asks.
function tccShape(action: string): EventShape {
  return shape({
    service: 'tcc',
    kind: ['configuration', 'access', action],
    image: valued('binary_path=', 'accessing={'),
    pid: valued(' pid=', 'accessing={'),
    fields: [
      ecs('macos.tcc.message_id', valued('msgID=')),
      ecs('macos.tcc.service', valued('service=')),
      ecs('macos.tcc.identity', valued('subject=Sub:{')),
      ecs('macos.tcc.auth_value', valued('authValue=')),
      ecs('macos.tcc.auth_reason', valued('authReason=')),
      ecs('macos.tcc.preflight', valued('preflight=')),
    ],
  });
}

const tcc: ReadonlyMap<string, EventShape> = new Map([
  ['AUTHREQ_CTX', tccShape('tcc-request')],
  ['AUTHREQ_ATTRIBUTION', tccShape('tcc-attribution')],
  ['AUTHREQ_SUBJECT', tccShape('tcc-subject')],
  ['AUTHREQ_PROMPTING', tccShape('tcc-prompt')],
  ['AUTHREQ_RESULT', tccShape('tcc-result')],
]);

const PROMPT = 'displaying keychain prompt for ';
const ASKER = /^([^()]{1,512})\((\d{1,10})\)/;

function asker(part: 1 | 2): Reader {
  return converted(text, (value) => {
    const message = typeof value === 'string' ? value : '';
    const start = message.indexOf(PROMPT);
    if (start === -1) return undefined;
    return ASKER.exec(message.slice(start + PROMPT.length, start + PROMPT.length + 540))?.[part];
  });
}

const keychain = shape({
  kind: ['authentication', 'start', 'keychain-prompt'],
  image: asker(1),
  pid: asker(2),
});

const other = shape({
  kind: ['host', 'info', 'log'],
  image: at('processImagePath'),
  pid: field('processID'),
});

// Any process may log under a subsystem's name; these are who may be believed.
const TCCD = '/System/Library/PrivateFrameworks/TCC.framework/Support/tccd';
const SECURITYD = '/usr/sbin/securityd';

function shapeOf(record: JsonObject): EventShape {
  const writer = ownValue(record, 'processImagePath');
  const message = ownValue(record, 'eventMessage');
  if (typeof message !== 'string') return other;
  if (writer === TCCD) return tcc.get(message.split(':', 1)[0] ?? '') ?? other;
  return writer === SECURITYD && message.includes(PROMPT) ? keychain : other;
}

const logged: JsonFormat = {
  recognises: (object) =>
    typeof ownValue(object, 'eventMessage') === 'string' &&
    typeof ownValue(object, 'subsystem') === 'string' &&
    ownValue(object, 'processImagePath') !== undefined,
  decode(object, record, isPlain, emit) {
    const written = ownValue(object, 'timestamp');
    const time = typeof written === 'string' ? parseTime(written) : undefined;
    if (time === undefined) {
      const detail = typeof written === 'string' ? written.slice(0, 40) : '';
      return { reason: 'invalid_time', detail };
    }
    emit(
      new FieldEvent({
        shape: shapeOf(object),
        data: object,
        whole: object,
        time,
        host: hostOfRecord(record),
        sensorId: undefined,
        isUnpacked: false,
        isPlain,
        record,
        index: 0,
      }),
    );
    return undefined;
  },
};

/** macOS's unified log: permissions and keychain prompts. */
export const unifiedLog: FormatFamily = {
  name: UNIFIED_LOG,
  description: 'macOS unified log as JSON (TCC permissions, keychain prompts)',
  sensors: [unifiedLogSensor],
  json: [logged],
};
