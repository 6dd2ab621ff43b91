import { timeOfSeconds } from '../../base/date.ts';
import { FieldEvent } from '../../event/field-event.ts';
import { ownField, textOf } from '../../event/field-value.ts';
import { converted, first } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { FormatFamily, TextFormat } from '../format.ts';
import { namedColumns } from './columns.ts';
import { requestShape } from './request.ts';
import { squidSensor } from './senses.ts';
import { columnsOf } from './tokens.ts';

// `logformat squid`, Squid's own: time, duration, client, result and status, size of the reply, method, URL,
// user, how and where it was fetched, type of the reply.
const NATIVE: readonly string[] = [
  'time',
  'elapsed',
  'client',
  'result',
  'reply-bytes',
  'method',
  'url',
  'user',
  'peer',
  'mime-type',
];

// The same with ports and sizes, as collectors that want bytes out ask for it:
// %ts.%03tu %6tr %>a %>p %Ss/%03>Hs %<st %>st %>sh %<sh … %rm %ru %rv %[un %Sh/%<a %<p %mt …
const EXTENDED: readonly string[] = [
  'time',
  'elapsed',
  'client',
  'client-port',
  'result',
  'reply-bytes',
  'request-bytes',
  'reply-header-bytes',
  'request-header-bytes',
  'reply-body-bytes',
  'method',
  'url',
  'version',
  'user',
  'peer',
  'peer-port',
  'mime-type',
  'x-forwarded-for',
  'ident',
  'referrer',
  'user-agent',
  'host-header',
];

const COLUMNS_MAX = 64;
const RESULT = /^[A-Z_]{3,64}\/\d{3}$/;

// Behind syslog's header the line begins after the program's name.
const BEGINNING = /(?:^|: |squid[^ ]{0,64} )(\d{9,10}\.\d{3}) +-?\d{1,12} /;

/** One side of `TCP_MISS/200` or `HIER_DIRECT/203.0.113.9`. */
function side(name: string, index: 0 | 1): Reader {
  return converted(first(name), (value) => textOf(value)?.split('/', 2)[index]);
}

const shape = requestShape({
  sensor: 'squid',
  categories: ['proxy'],
  services: ['squid'],
  readers: {
    url: first('url'),
    clientIp: first('client'),
    clientPort: first('client-port'),
    serverIp: side('peer', 1),
    serverPort: first('peer-port'),
    user: first('user'),
    method: first('method'),
    status: side('result', 1),
    bytesOut: first('request-bytes'),
    bytesIn: first('reply-bytes'),
    userAgent: first('user-agent'),
    referrer: first('referrer'),
    version: first('version'),
    mimeType: first('mime-type'),
    verdict: side('result', 0),
  },
  fields: [
    ecs('observer.product', () => 'Squid'),
    ecs('observer.type', () => 'proxy'),
    ecs('http.version', first('version')),
    ecs(
      'event.duration',
      converted(first('elapsed'), (ms) => Number(ms) * 1_000_000),
    ),
  ],
  hostPath: 'host.ip',
});

const accessLog: TextFormat = {
  recognises: (text) => BEGINNING.test(text),
  decode({ text, record }, emit) {
    const beginning = BEGINNING.exec(text);
    if (beginning === null) return { reason: 'unknown_format', detail: 'no line of Squid' };
    const [matched, moment = ''] = beginning;
    const columns = columnsOf(text.slice(beginning.index + matched.indexOf(moment)), COLUMNS_MAX);
    const names = RESULT.test(columns[3] ?? '') ? NATIVE : EXTENDED;
    const data = namedColumns(names, columns);
    if (!RESULT.test(textOf(ownField(data, 'result')) ?? '')) {
      return { reason: 'missing_field', detail: 'result code and status, the fourth column' };
    }
    const host = textOf(first('client')(data));
    if (host === undefined) return { reason: 'missing_field', detail: 'the client' };
    const time = timeOfSeconds(moment);
    if (time === undefined) return { reason: 'invalid_time', detail: moment };
    emit(
      new FieldEvent({
        shape,
        data,
        whole: data,
        time,
        host,
        sensorId: undefined,
        isUnpacked: false,
        isPlain: false,
        record,
        index: 0,
      }),
    );
    return undefined;
  },
};

/** Squid's access log. */
export const squid: FormatFamily = {
  name: 'squid',
  description: 'access log of the Squid proxy, in its own format',
  sensors: [squidSensor],
  text: [accessLog],
};
