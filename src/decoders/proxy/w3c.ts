import { parseTime } from '../../base/date.ts';
import type { JsonObject } from '../../base/json.ts';
import { FieldEvent } from '../../event/field-event.ts';
import type { TelemetryEvent } from '../../event/event.ts';
import { ownField, textOf } from '../../event/field-value.ts';
import type { DecodeProblem } from '../../event/problem.ts';
import { either, first } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EventShape } from '../../event/shape.ts';
import type { FormatFamily, TextFormat, TextRecord } from '../format.ts';
import { namedColumns } from './columns.ts';
import { requestShape } from './request.ts';
import type { RequestReaders } from './request.ts';
import { w3cSensor } from './senses.ts';
import { withoutSyslogHeader } from './syslog-header.ts';
import { NO_TIME } from '../time.ts';
import { columnsOf } from './tokens.ts';
import { COLUMNS_MAX, declaration, directive, W3cLayouts } from './w3c-layout.ts';
import type { W3cLayout } from './w3c-layout.ts';

const path = first('cs-uri-path', 'cs-uri-stem');
const query: Reader = (data) => {
  const text = textOf(first('cs-uri-query')(data));
  return text?.startsWith('?') === true ? text.slice(1) : text;
};
const host = first('cs-host', 'cs(Host)', 'x-cs-host', 'r-dns', 'cs-hostname');

// The whole address, or put together from its parts, which is how most logs have it.
const url: Reader = (data) => {
  const whole = textOf(first('c-uri', 'cs-uri', 'x-cs-full-url', 'cs-url')(data));
  if (whole !== undefined) return whole;
  const name = textOf(host(data));
  const stem = textOf(path(data));
  if (name === undefined) return stem;
  const scheme = textOf(first('cs-uri-scheme')(data));
  const port = textOf(first('cs-uri-port')(data));
  const isUsual = port === undefined || PORTS.get(scheme ?? '') === port || name.includes(':');
  const search = textOf(query(data));
  return [
    scheme === undefined ? '' : `${scheme}://`,
    name,
    isUsual ? '' : `:${port}`,
    stem ?? '',
    search === undefined ? '' : `?${search}`,
  ].join('');
};

const PORTS: ReadonlyMap<string, string> = new Map([
  ['http', '80'],
  ['https', '443'],
  ['ssl', '443'],
  ['tcp', '443'],
]);

const common: RequestReaders = {
  url,
  host,
  path,
  query,
  clientIp: first('c-ip', 'x-forwarded-for', 'c-dns'),
  clientPort: first('c-port'),
  user: first('cs-username', 'cs-user', 'x-cs-auth-user'),
  method: first('cs-method'),
  status: first('sc-status'),
  bytesOut: first('cs-bytes'),
  bytesIn: first('sc-bytes'),
  userAgent: first('cs(User-Agent)', 'c-useragent', 'c-agent'),
  referrer: first('cs(Referer)', 'cs-referer', 'cs-referred'),
  cookie: first('cs(Cookie)', 'cs-cookie'),
  version: first('cs-version', 'cs-protocol-version'),
  mimeType: first('rs(Content-Type)', 'sc(Content-Type)'),
};

const duration = ecs('event.duration', (data) => {
  const ms = Number(textOf(first('time-taken')(data)));
  return Number.isFinite(ms) && ms >= 0 ? ms * 1_000_000 : undefined;
});

const proxied = requestShape({
  sensor: 'w3c',
  categories: ['proxy'],
  readers: {
    ...common,
    serverIp: first('r-ip', 'cs-ip', 'x-bluecoat-server-connection-socket-ip', 's-supplier-ip'),
    serverPort: first('r-port', 'cs-uri-port'),
    verdict: first('sc-filter-result', 'action', 's-action', 'x-exception-id'),
  },
  fields: [duration, ecs('observer.type', () => 'proxy'), ecs('observer.ip', first('s-ip'))],
  hostPath: 'host.ip',
});

const serverName = first('s-computername');
const serverIp = first('s-ip');

// The log's own machine is the one that was asked.
const served = requestShape({
  sensor: 'w3c',
  categories: ['webserver'],
  readers: { ...common, serverIp, serverPort: first('s-port') },
  fields: [duration, ecs('observer.name', serverName)],
});
const servedByAddress: EventShape = { ...served, hostPath: ['host', 'ip'] };

// What only a proxy has to say: who was asked in turn, and what it decided. Web servers log none of these.
const PROXY_COLUMNS: readonly string[] = [
  'cs-uri-scheme',
  'cs-uri-path',
  'sc-filter-result',
  's-action',
  's-hierarchy',
  's-supplier-name',
  'r-ip',
  'r-dns',
  'cs-categories',
  'x-exception-id',
  'c-uri',
  's-object-source',
];

function isProxy(layout: W3cLayout): boolean {
  return PROXY_COLUMNS.some((name) => layout.names.includes(name));
}

const encoder = new TextEncoder();
const UNDECLARED: DecodeProblem = {
  reason: 'unknown_format',
  detail: 'text of no known format; a log in W3C form declares its columns in #Fields: first',
};

/** Reads logs of W3C's extended format. Each sender's columns are those that it declared last. */
export function createW3cFormat(): TextFormat {
  const layouts = new W3cLayouts();
  return {
    // Its lines look like nothing in particular, so every other format comes before it.
    recognises: () => true,
    decode(record, emit) {
      return decodeLines(record, layouts, emit);
    },
  };
}

function decodeLines(
  { text, sender, record }: TextRecord,
  layouts: W3cLayouts,
  emit: (event: TelemetryEvent) => void,
): DecodeProblem | undefined {
  const { source, partition } = record.position;
  let problem: DecodeProblem | undefined;
  for (const each of text.split('\n')) {
    const { line, host: named } = withoutSyslogHeader(each.trim());
    if (line === '') continue;
    const from = `${source}\n${partition}\n${named ?? sender ?? ''}`;
    const layout = layouts.get(from);
    if (line.startsWith('#')) {
      const changed = directive(line, layout);
      if (changed !== undefined) layouts.set(from, changed);
    } else if (layout === undefined || layout.names.length === 0) {
      problem ??= UNDECLARED;
    } else {
      // The record of the event declares its columns, so that it can be read again on its own.
      const payload = encoder.encode(`${declaration(layout)}${line}`);
      const event = eventOf(line, layout, { ...record, payload });
      if ('reason' in event) problem ??= event;
      else emit(event);
    }
  }
  return problem;
}

function eventOf(
  line: string,
  layout: W3cLayout,
  record: TextRecord['record'],
): TelemetryEvent | DecodeProblem {
  const columns = columnsOf(line, COLUMNS_MAX);
  if (columns.length !== layout.names.length) {
    const detail = `${columns.length} columns, #Fields: declares ${layout.names.length}`;
    return { reason: 'missing_field', detail };
  }
  const data = namedColumns(layout.names, columns);
  const client = textOf(common.clientIp(data));
  const isAsked = isProxy(layout);
  const named = isAsked ? undefined : textOf(serverName(data));
  const machine = named ?? (isAsked ? client : (textOf(serverIp(data)) ?? client));
  if (machine === undefined) return { reason: 'missing_field', detail: 'c-ip' };
  const time = timeOf(data, layout) ?? record.recordTime ?? NO_TIME;
  if (Number.isNaN(time)) return { reason: 'invalid_time', detail: timeText(data).slice(0, 40) };
  return new FieldEvent({
    shape: isAsked ? proxied : named === undefined ? servedByAddress : served,
    data,
    whole: data,
    time,
    host: machine,
    sensorId: undefined,
    isUnpacked: false,
    isPlain: false,
    record,
    index: 0,
  });
}

const day = first('date', 'x-date');
const clock = either(first('time'), first('x-time'));

function timeText(data: JsonObject): string {
  return `${textOf(day(data)) ?? ''} ${textOf(clock(data)) ?? ''}`;
}

// In UTC, as the format asks for it.
function timeOf(data: JsonObject, layout: W3cLayout): number | undefined {
  const time = textOf(clock(data));
  const date = textOf(day(data)) ?? layout.date;
  if (time === undefined || date === undefined) {
    const seconds = Number(textOf(ownField(data, 'timestamp')));
    return Number.isFinite(seconds) && seconds > 0 ? Math.floor(seconds * 1000) : undefined;
  }
  return parseTime(`${date} ${time}`) ?? Number.NaN;
}

/** Web proxies and web servers that log in W3C's extended format (Blue Coat, IIS and others). */
export const w3c: FormatFamily = {
  name: 'w3c',
  description: 'W3C extended logs of proxies and web servers (Blue Coat, IIS), with #Fields:',
  sensors: [w3cSensor],
  createText: () => [createW3cFormat()],
};
