import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';

import { plainAddress } from './addresses.ts';
import { SECURITY_HEADERS } from './headers.ts';
import { isSameSecret } from './passwords.ts';
import type { AccessSettings, Permission, Person } from './people.ts';
import type { RateLimit } from './rate-limit.ts';
import type { Session, Sessions } from './sessions.ts';

/** What the guard has found out about a request. */
export interface Visitor {
  readonly person: Person;
  /** Undefined for machines with a token and for people whom a proxy names. */
  readonly session: Session | undefined;
  readonly address: string;
}

export interface Env {
  readonly Variables: { visitor: Visitor };
}

export interface GuardOptions {
  readonly settings: AccessSettings;
  readonly sessions: Sessions;
  readonly requests: RateLimit;
  readonly hosts: ReadonlySet<string> | undefined;
  readonly cookieName: string;
}

/** An answer that says what is wrong, and what to do about it. */
export function problem(
  context: Context,
  status: 400 | 401 | 403 | 404 | 409 | 413 | 421 | 429 | 500 | 503,
  detail: string,
): Response {
  return context.json({ status, detail }, status);
}

/** On every answer: security headers; on every request: a name by which we may be called. */
export function hardened({ hosts }: GuardOptions): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host') ?? '';
    if (hosts?.has(host) === false) {
      context.res = problem(
        context,
        421,
        'this page is not served under that name; open the printed address, or set public_url',
      );
    } else {
      await next();
    }
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      context.res.headers.set(name, value);
    }
    if (!context.res.headers.has('cache-control')) {
      context.res.headers.set('cache-control', 'no-store');
    }
    return undefined;
  };
}

/** Lets in who is known, at a bounded rate; a change also needs the session's secret. */
export function guarded(options: GuardOptions): MiddlewareHandler<Env> {
  return async (context, next) => {
    const address = addressOf(context);
    if (!options.requests.take(address)) {
      return problem(context, 429, 'too many requests from this address; try again in a moment');
    }
    const visitor = visitorOf(context, options, address);
    if (visitor === undefined) {
      return problem(context, 401, 'sign in first: open the printed address, or the page’s login');
    }
    const isChange = context.req.method !== 'GET' && context.req.method !== 'HEAD';
    if (isChange && !isOwnChange(context, visitor)) {
      return problem(context, 403, 'a change must come from the page itself; load it again');
    }
    context.set('visitor', visitor);
    await next();
    return undefined;
  };
}

/** Refuses who lacks a permission. */
export function permitted(permission: Permission): MiddlewareHandler<Env> {
  return async (context, next) => {
    const { person } = context.get('visitor');
    if (!person.permissions.includes(permission)) {
      return problem(context, 403, `${person.name} lacks the permission '${permission}'`);
    }
    await next();
    return undefined;
  };
}

/** The address from which a request came. */
export function addressOf(context: Context): string {
  return plainAddress(getConnInfo(context).remote.address);
}

function visitorOf(
  context: Context,
  { settings, sessions, cookieName }: GuardOptions,
  address: string,
): Visitor | undefined {
  const bearer = context.req.header('authorization')?.replace(/^Bearer /i, '');
  const { token, proxy } = settings;
  if (token !== undefined && bearer !== undefined && isSameSecret(bearer, token.value)) {
    return { person: token.person, session: undefined, address };
  }
  const session = sessions.find(getCookie(context, cookieName) ?? '');
  if (session !== undefined) return { person: session.person, session, address };
  if (proxy === undefined || !proxy.from.includes(address)) return undefined;
  const name = context.req.header(proxy.userHeader)?.slice(0, NAME_LENGTH_MAX);
  if (name === undefined || name === '') return undefined;
  return { person: { name, permissions: proxy.permissions }, session: undefined, address };
}

const NAME_LENGTH_MAX = 128;

/**
 * A session's cookie travels by itself, so its changes need the secret too. A request with a token in
 * its header, or that a proxy let through, must at least say that it does not come from elsewhere;
 * the header can not be set by another site's form.
 */
function isOwnChange(context: Context, { session }: Visitor): boolean {
  const site = context.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return false;
  const given = context.req.header('x-tidegate-csrf') ?? '';
  if (session !== undefined) return isSameSecret(given, session.csrf);
  return given !== '' || context.req.header('authorization') !== undefined;
}
