import type { FieldValue } from '../../event/event.ts';
import { textOf } from '../../event/field-value.ts';
import { constant, converted, either, integer } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField, EventShape } from '../../event/shape.ts';
import { address } from '../address.ts';
import { shapeOfKind } from '../event-kind.ts';
import { ecsUrl, urlPart } from '../url.ts';

const nothing: Reader = () => undefined;

/** Where a proxy's log names the parts of a request. What it does not log is left out. */
export interface RequestReaders {
  /** The address as it was asked for, as nearly as the log has it. */
  readonly url: Reader;
  /** The host that was asked for; by default the URL's. */
  readonly host?: Reader;
  readonly path?: Reader;
  readonly query?: Reader;
  readonly clientIp: Reader;
  readonly clientPort?: Reader;
  readonly serverIp?: Reader;
  readonly serverPort?: Reader;
  readonly user?: Reader;
  readonly method?: Reader;
  readonly status?: Reader;
  /** From the client on, the way that data leave. */
  readonly bytesOut?: Reader;
  /** To the client. */
  readonly bytesIn?: Reader;
  readonly userAgent?: Reader;
  readonly referrer?: Reader;
  readonly cookie?: Reader;
  readonly version?: Reader;
  readonly mimeType?: Reader;
  /** What the proxy did about it. */
  readonly verdict?: Reader;
}

/** A log of requests, and Sigma's category of it: `proxy`, or `webserver` for the other end. */
export interface RequestKind {
  readonly sensor: string;
  readonly categories: readonly string[];
  readonly product?: string;
  readonly services?: readonly string[];
  readonly readers: RequestReaders;
  readonly fields?: readonly EcsField[];
  readonly aliases?: Iterable<readonly [string, Reader]>;
  /** What the event's host is in ECS, where the log names no machine. */
  readonly hostPath?: string;
}

/** The shape of a logged request. */
export function requestShape(kind: RequestKind): EventShape {
  const { sensor, categories, product, services, hostPath } = kind;
  return shapeOfKind({
    sensor,
    product,
    categories,
    services: services ?? [],
    activity: 'connection',
    aliases: [...requestAliases(kind.readers), ...(kind.aliases ?? [])],
    fields: [...requestFields(sensor, kind.readers), ...(kind.fields ?? [])],
    ...(hostPath === undefined ? {} : { hostPath }),
  });
}

/**
 * Sigma's names. Its taxonomy is of two minds about the direction of `cs-bytes`; here it is client to server,
 * as in W3C's format and as the name says.
 */
export function requestAliases(readers: RequestReaders): readonly (readonly [string, Reader])[] {
  const host = hostOf(readers);
  const path = either(readers.path ?? nothing, urlPart(readers.url, 'path'));
  const query = either(readers.query ?? nothing, urlPart(readers.url, 'query'));
  const agent = readers.userAgent ?? nothing;
  const referrer = readers.referrer ?? nothing;
  const client = address(readers.clientIp);
  const server = address(readers.serverIp ?? nothing);
  return [
    ['c-uri', readers.url],
    ['cs-uri', readers.url],
    ['c-uri-stem', path],
    ['cs-uri-stem', path],
    ['c-uri-query', query],
    ['cs-uri-query', query],
    ['c-uri-extension', urlPart(readers.url, 'extension')],
    ['c-useragent', agent],
    ['cs-user-agent', agent],
    ['cs-bytes', readers.bytesOut ?? nothing],
    ['sc-bytes', readers.bytesIn ?? nothing],
    ['cs-cookie', readers.cookie ?? nothing],
    ['cs-host', host],
    ['r-dns', host],
    ['cs-method', readers.method ?? nothing],
    ['cs-referrer', referrer],
    ['cs-referer', referrer],
    ['cs-username', readers.user ?? nothing],
    ['cs-version', readers.version ?? nothing],
    ['sc-status', readers.status ?? nothing],
    ['src_ip', client],
    ['c-ip', client],
    ['dst_ip', server],
    ['SourceIp', client],
    ['DestinationIp', server],
    ['DestinationPort', readers.serverPort ?? urlPart(readers.url, 'port')],
    ['DestinationHostname', host],
    ['Initiated', constant('true')],
    ['User', readers.user ?? nothing],
    ['source.bytes', integer(readers.bytesOut ?? nothing)],
    ['destination.bytes', integer(readers.bytesIn ?? nothing)],
  ];
}

function requestFields(sensor: string, readers: RequestReaders): readonly EcsField[] {
  const host = hostOf(readers);
  const server = readers.serverIp ?? nothing;
  const status = integer(readers.status ?? nothing);
  return [
    ecs('event.kind', constant('event')),
    ecs('event.module', constant(sensor)),
    ecs('event.category', () => ['web', 'network']),
    ecs('event.type', () => ['access']),
    ecs('event.action', readers.verdict ?? nothing),
    ecs('event.outcome', converted(status, outcomeOf)),
    ecs('source.address', readers.clientIp),
    ecs('source.ip', address(readers.clientIp)),
    ecs('source.port', integer(readers.clientPort ?? nothing)),
    ecs('source.bytes', integer(readers.bytesOut ?? nothing)),
    ecs('destination.address', either(server, host)),
    ecs('destination.ip', address(server)),
    ecs('destination.port', integer(readers.serverPort ?? nothing)),
    ecs('destination.bytes', integer(readers.bytesIn ?? nothing)),
    ecs('destination.domain', host),
    ...userFields(readers.user ?? nothing),
    ...ecsUrl(readers.url),
    ecs('url.domain', host),
    ecs('url.path', readers.path ?? nothing),
    ecs('url.query', readers.query ?? nothing),
    ecs('http.request.method', readers.method ?? nothing),
    ecs('http.request.bytes', integer(readers.bytesOut ?? nothing)),
    ecs('http.request.referrer', readers.referrer ?? nothing),
    ecs('http.response.status_code', status),
    ecs('http.response.bytes', integer(readers.bytesIn ?? nothing)),
    ecs('http.response.mime_type', readers.mimeType ?? nothing),
    ecs('user_agent.original', readers.userAgent ?? nothing),
    ecs('network.direction', constant('egress')),
  ];
}

function hostOf(readers: RequestReaders): Reader {
  const own = urlPart(readers.url, 'domain');
  return readers.host === undefined ? own : either(readers.host, own);
}

function outcomeOf(status: FieldValue): FieldValue {
  return typeof status === 'number' && status < 400 ? 'success' : 'failure';
}

/** A user of a directory: `DOMAIN\name`, `name@domain`, or a bare name. */
export function userFields(user: Reader): readonly EcsField[] {
  return [
    ecs(
      'user.name',
      converted(user, (value) => accountOf(textOf(value) ?? '').name),
    ),
    ecs(
      'user.domain',
      converted(user, (value) => accountOf(textOf(value) ?? '').domain),
    ),
    ecs(
      'user.email',
      converted(user, (value) => (textOf(value)?.includes('@') === true ? value : undefined)),
    ),
  ];
}

function accountOf(text: string): { readonly name?: string; readonly domain?: string } {
  const slash = text.indexOf('\\');
  if (slash > 0) return { name: text.slice(slash + 1), domain: text.slice(0, slash) };
  const sign = text.lastIndexOf('@');
  if (sign > 0) return { name: text.slice(0, sign), domain: text.slice(sign + 1) };
  return text === '' ? {} : { name: text };
}
