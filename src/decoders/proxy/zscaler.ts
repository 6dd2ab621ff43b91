import { isJsonObject, ownValue } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { FieldEvent } from '../../event/field-event.ts';
import type { TelemetryEvent } from '../../event/event.ts';
import { ownField, textOf } from '../../event/field-value.ts';
import type { DecodeProblem } from '../../event/problem.ts';
import { constant, converted, either, field, first } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import { shapeOfKind } from '../event-kind.ts';
import type { FormatFamily, TextFormat } from '../format.ts';
import { alone } from '../records.ts';
import type { ObjectFormat, Place } from '../records.ts';
import { textOfBase64 } from './base64.ts';
import { namedColumns } from './columns.ts';
import { requestShape } from './request.ts';
import { zscalerSensor } from './senses.ts';
import { csvValues } from './tokens.ts';
import { NO_TIME } from '../time.ts';
import { zscalerTime } from './zscaler-time.ts';

// Names differ by the feed: those of the documentation, those of its older templates, base64 of both.
function decoded(name: string): Reader {
  return converted(field(name), (value) => {
    const text = textOf(value);
    return text === undefined ? undefined : textOfBase64(text);
  });
}

/** `None` and `NA` stand for nothing. */
function meant(...names: readonly string[]): Reader {
  const read = first(...names);
  return (data) => {
    const value = read(data);
    return value === 'None' || value === 'NA' || value === 'Unknown' ? undefined : value;
  };
}

const bareUrl = either(meant('url', 'eurl'), decoded('b64url'));
const schemes: ReadonlyMap<string, string> = new Map([
  ['HTTP', 'http'],
  ['HTTPS', 'https'],
  ['SSL', 'https'],
  ['FTP', 'ftp'],
]);

// The log leaves the scheme out, and says the protocol in another field.
const url: Reader = (data) => {
  const text = textOf(bareUrl(data));
  if (text === undefined || text.includes('://')) return text;
  const scheme = schemes.get(textOf(ownField(data, 'proto'))?.toUpperCase() ?? '');
  return scheme === undefined ? text : `${scheme}://${text}`;
};

const request = requestShape({
  sensor: 'zscaler',
  categories: ['proxy'],
  services: ['zscaler'],
  readers: {
    url,
    host: either(meant('host', 'ehost', 'hostname'), decoded('b64host')),
    clientIp: meant('cltintip', 'cintip', 'cltip', 'cip', 'clientip'),
    clientPort: meant('clt_sport'),
    serverIp: meant('serverip', 'sip'),
    serverPort: meant('srv_dport'),
    user: either(meant('login', 'elogin', 'user'), decoded('b64login')),
    method: meant('reqmethod', 'requestmethod'),
    status: meant('respcode', 'status'),
    bytesOut: meant('reqsize', 'requestsize'),
    bytesIn: meant('respsize', 'responsesize'),
    userAgent: either(meant('useragent', 'ua', 'eua'), decoded('b64ua')),
    referrer: either(meant('referer', 'ereferer', 'refererURL'), decoded('b64referer')),
    version: meant('reqversion'),
    mimeType: meant('contenttype'),
    verdict: meant('action'),
  },
  aliases: [['action', first('action')]],
  fields: [
    ecs('source.nat.ip', meant('cltip', 'cip')),
    ecs('observer.vendor', constant('Zscaler')),
    ecs('observer.type', constant('proxy')),
    ecs('network.protocol', converted(meant('proto', 'protocol'), lower)),
    ecs('rule.name', meant('rulelabel', 'erulelabel')),
    ecs('rule.ruleset', meant('ruletype')),
    ecs('file.name', meant('upload_filename')),
    ecs('file.mime_type', meant('upload_filetype')),
    ecs('zscaler.dlp.engine', meant('dlpeng', 'dlpengine')),
    ecs('zscaler.dlp.dictionaries', meant('dlpdict', 'dlpdictionaries')),
    ecs('zscaler.app.name', meant('appname')),
  ],
});
const requestOfAddress = { ...request, hostPath: ['host', 'ip'] };

const audit = shapeOfKind({
  sensor: 'zscaler',
  services: ['zscaler'],
  fields: [
    ecs('event.kind', constant('event')),
    ecs('event.module', constant('zscaler')),
    ecs('event.category', () => ['configuration']),
    ecs('event.type', () => ['change']),
    ecs('event.action', first('action')),
    ecs('event.outcome', converted(first('result'), lower)),
    ecs('event.id', first('recordid')),
    ecs('user.name', first('adminid')),
    ecs('source.ip', first('clientip')),
  ],
  dataPath: 'zscaler.audit',
  hostPath: 'organization.id',
});

const device = meant('devicehostname', 'edevicehostname', 'devicename');
const clientOf = meant('cltintip', 'cintip', 'cltip', 'cip', 'clientip');
// Whose administrators: the part of `admin@TENANT` behind the sign.
const tenant = converted(first('adminid'), (value) => textOf(value)?.split('@')[1] ?? value);

function eventOf(
  data: JsonObject,
  whole: JsonObject,
  place: Place,
): TelemetryEvent | DecodeProblem {
  const isAudit = ownField(data, 'auditlogtype') !== undefined;
  const named = textOf(device(data));
  const host = isAudit ? textOf(tenant(data)) : (named ?? textOf(clientOf(data)));
  if (host === undefined) return { reason: 'missing_field', detail: 'devicehostname or cltip' };
  const time = zscalerTime(data) ?? place.record.recordTime ?? NO_TIME;
  if (typeof time !== 'number') return time;
  const requestKind = named === undefined ? requestOfAddress : request;
  return new FieldEvent({
    shape: isAudit ? audit : requestKind,
    data,
    whole,
    time,
    host,
    sensorId: textOf(first('recordid')(data)),
    isUnpacked: false,
    ...place,
  });
}

const SOURCE_TYPE = 'zscalernss';

const feed: ObjectFormat = {
  recognises(object) {
    const type = ownValue(object, 'sourcetype');
    return (
      typeof type === 'string' &&
      type.startsWith(SOURCE_TYPE) &&
      isJsonObject(ownValue(object, 'event'))
    );
  },
  event(object, place) {
    const data = ownValue(object, 'event');
    return isJsonObject(data)
      ? eventOf(data, object, place)
      : { reason: 'wrong_type', detail: 'event' };
  },
};

// The columns of the web log's feed in CSV, in the order that the product proposes.
const COLUMNS: readonly string[] = [
  'time',
  'login',
  'proto',
  'eurl',
  'action',
  'appname',
  'appclass',
  'reqsize',
  'respsize',
  'stime',
  'ctime',
  'urlclass',
  'urlsupercat',
  'urlcat',
  'malwarecat',
  'threatname',
  'riskscore',
  'dlpeng',
  'dlpdict',
  'location',
  'dept',
  'cip',
  'sip',
  'reqmethod',
  'respcode',
  'ua',
  'ereferer',
  'ruletype',
  'rulelabel',
  'contenttype',
  'unscannabletype',
  'deviceowner',
  'devicehostname',
];
const BEGINNING =
  /^"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}","/;

const csv: TextFormat = {
  recognises: (text) => BEGINNING.test(text),
  decode({ text, record }, emit) {
    const values = csvValues(text, COLUMNS.length + 1);
    if (values?.length !== COLUMNS.length) {
      const found = values === undefined ? 'an open quote' : `${values.length} columns`;
      return { reason: 'missing_field', detail: `${found}; the feed has ${COLUMNS.length}` };
    }
    const data = namedColumns(COLUMNS, values);
    const event = eventOf(data, data, { record, isPlain: false, index: 0 });
    if ('reason' in event) return event;
    emit(event);
    return undefined;
  },
};

function lower(value: unknown): string | undefined {
  return typeof value === 'string' ? value.toLowerCase() : undefined;
}

/** Zscaler Internet Access through its Nanolog Streaming Service. */
export const zscaler: FormatFamily = {
  name: 'zscaler',
  description: 'Zscaler Internet Access web and audit logs (NSS), JSON or CSV',
  sensors: [zscalerSensor],
  json: [alone(feed)],
  text: [csv],
};
