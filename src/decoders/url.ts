import type { FieldValue } from '../event/event.ts';
import { textOf } from '../event/field-value.ts';
import { converted } from '../event/reader.ts';
import type { Reader } from '../event/reader.ts';
import { ecs } from '../event/shape.ts';
import type { EcsField } from '../event/shape.ts';

/** The parts of an address on the web. `path` begins with a slash; `query` has no question mark. */
export interface UrlParts {
  readonly scheme: string | undefined;
  readonly domain: string | undefined;
  readonly port: number | undefined;
  readonly path: string | undefined;
  readonly query: string | undefined;
  readonly fragment: string | undefined;
  readonly extension: string | undefined;
}

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]{0,31}$/;
const PORT = /^\d{1,5}$/;

/**
 * Takes an address apart as it was logged: with a scheme, or from the host on (`files.example.net/up`,
 * `files.example.net:443`), as proxies write them. Nothing is decoded, for rules compare what was logged.
 */
export function urlParts(text: string): UrlParts {
  const schemeEnd = text.indexOf('://');
  const hasScheme = schemeEnd > 0 && SCHEME.test(text.slice(0, schemeEnd));
  const scheme = hasScheme ? text.slice(0, schemeEnd) : undefined;
  const start = hasScheme ? schemeEnd + 3 : 0;
  const hash = text.indexOf('#', start);
  const withoutFragment = hash === -1 ? text : text.slice(0, hash);
  const mark = withoutFragment.indexOf('?', start);
  const beforeQuery = mark === -1 ? withoutFragment : withoutFragment.slice(0, mark);
  const slash = beforeQuery.indexOf('/', start);
  const authority = slash === -1 ? beforeQuery.slice(start) : beforeQuery.slice(start, slash);
  const path = slash === -1 ? undefined : beforeQuery.slice(slash);
  return {
    scheme,
    ...hostAndPort(authority.slice(authority.lastIndexOf('@') + 1)),
    path,
    query: mark === -1 ? undefined : withoutFragment.slice(mark + 1),
    fragment: hash === -1 ? undefined : text.slice(hash + 1),
    extension: path === undefined ? undefined : extensionOf(path),
  };
}

function hostAndPort(authority: string): Pick<UrlParts, 'domain' | 'port'> {
  const bracket = authority.startsWith('[') ? authority.indexOf(']') : -1;
  const colon = authority.indexOf(':', Math.max(bracket, 0));
  const host = colon === -1 ? authority : authority.slice(0, colon);
  const digits = colon === -1 ? '' : authority.slice(colon + 1);
  const bare = bracket === -1 ? host : host.slice(1, bracket);
  return {
    domain: bare === '' ? undefined : bare,
    port: PORT.test(digits) ? Number(digits) : undefined,
  };
}

function extensionOf(path: string): string | undefined {
  const dot = path.lastIndexOf('.');
  const isOfName = dot > path.lastIndexOf('/') + 1 && dot < path.length - 1;
  return isOfName ? path.slice(dot + 1) : undefined;
}

/** One part of the address that another reader finds. */
export function urlPart(url: Reader, part: keyof UrlParts): Reader {
  return converted(url, (value: FieldValue) => {
    const text = textOf(value);
    return text === undefined ? undefined : urlParts(text)[part];
  });
}

/** An address only if it names its scheme. */
export function fullUrl(url: Reader): Reader {
  return converted(url, (value) => (textOf(value)?.includes('://') === true ? value : undefined));
}

/** ECS fields of an address as it was logged. */
export function ecsUrl(url: Reader): readonly EcsField[] {
  return [
    ecs('url.original', url),
    ecs('url.full', fullUrl(url)),
    ecs('url.scheme', urlPart(url, 'scheme')),
    ecs('url.domain', urlPart(url, 'domain')),
    ecs('url.port', urlPart(url, 'port')),
    ecs('url.path', urlPart(url, 'path')),
    ecs('url.query', urlPart(url, 'query')),
    ecs('url.fragment', urlPart(url, 'fragment')),
    ecs('url.extension', urlPart(url, 'extension')),
  ];
}
