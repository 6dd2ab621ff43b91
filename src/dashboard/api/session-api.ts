import type { Context, Hono } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';

import { addressOf, problem, type Env } from '../access/guard.ts';
import { isPassword, isSameSecret, PASSWORD_LENGTH_MAX } from '../access/passwords.ts';
import type { Person } from '../access/people.ts';
import type { Session } from '../access/sessions.ts';
import type { ApiContext } from '../context.ts';
import { readBody } from './body.ts';

/** Stands for nobody, so that an unknown name takes as long as a wrong password. */
const NOBODYS_HASH = 'scrypt:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

const NAME_LENGTH_MAX = 128;

/** Signing in, which nobody needs to be known for. */
export function addSignIn(api: Hono<Env>, options: ApiContext): void {
  api.post('/session', async (context) => {
    const address = addressOf(context);
    const site = context.req.header('sec-fetch-site');
    if (site !== undefined && site !== 'same-origin') {
      return problem(context, 403, 'sign in on the page itself');
    }
    const body = await readBody(context, SIGN_IN);
    if (body instanceof Response) return body;
    const { name = '', password = '', token } = body as SignIn;
    if (!options.logins.take(address) || !options.logins.take(`name ${name}`)) {
      return problem(context, 429, 'too many attempts; wait a minute');
    }
    const person =
      token === undefined ? await personOf(options, name, password) : personOfToken(options, token);
    const outcome = person === undefined ? 'failure' : 'success';
    options.audit.note({
      action: 'session-start',
      person: person?.name ?? name,
      address,
      outcome,
    });
    if (person === undefined) {
      const detail =
        token === undefined
          ? 'name or password is wrong'
          : 'this address is of an earlier start; open the one that was printed last';
      return problem(context, 401, detail);
    }
    const { csrf } = beginSession(context, options, person);
    return context.json(sessionOf(options, person, csrf));
  });
}

/**
 * The printed address of a start: its token becomes a session, and leaves the address at once. A wrong
 * one is left to the page, which says so.
 */
export function addTokenEntry(app: Hono<Env>, options: ApiContext): void {
  app.get('/', async (context, next) => {
    const token = context.req.query('token');
    if (token === undefined) return next();
    const address = addressOf(context);
    const person = options.logins.take(address) ? personOfToken(options, token) : undefined;
    const outcome = person === undefined ? 'failure' : 'success';
    options.audit.note({
      action: 'session-start',
      person: person?.name ?? '',
      address,
      outcome,
    });
    if (person === undefined) return context.redirect('/login', 303);
    beginSession(context, options, person);
    return context.redirect('/alerts', 303);
  });
}

/** Who one is, and signing out. */
export function addSession(api: Hono<Env>, options: ApiContext): void {
  api.get('/session', (context) => {
    const { person, session } = context.get('visitor');
    return context.json(sessionOf(options, person, session?.csrf ?? 'none'));
  });
  api.delete('/session', (context) => {
    const { person, session, address } = context.get('visitor');
    options.audit.note({
      action: 'session-end',
      person: person.name,
      address,
      outcome: 'success',
    });
    if (session !== undefined) options.sessions.end(session.id);
    deleteCookie(context, options.cookieName, { path: '/' });
    return context.body(null, 204);
  });
}

function beginSession(context: Context, options: ApiContext, person: Person): Session {
  const session = options.sessions.begin(person);
  setCookie(context, options.cookieName, session.id, {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    secure: options.isSecure,
  });
  return session;
}

function sessionOf(options: ApiContext, person: Person, csrf: string): object {
  return {
    person: person.name,
    permissions: person.permissions,
    csrf,
    version: options.product.version,
    linkTemplate: options.linkTemplate ?? null,
    canReveal: options.readRecord !== undefined && person.permissions.includes('reveal'),
    now: options.now(),
  };
}

interface SignIn {
  readonly name?: string;
  readonly password?: string;
  readonly token?: string;
}

const SIGN_IN = {
  type: 'object',
  properties: {
    name: { type: 'string', maxLength: NAME_LENGTH_MAX },
    password: { type: 'string', maxLength: PASSWORD_LENGTH_MAX },
    token: { type: 'string', maxLength: NAME_LENGTH_MAX },
  },
  additionalProperties: false,
};

async function personOf(
  { access }: ApiContext,
  name: string,
  password: string,
): Promise<Person | undefined> {
  const known = access.people.find((person) => person.name === name);
  const isRight = await isPassword(password, known?.passwordHash ?? NOBODYS_HASH);
  return isRight ? known : undefined;
}

function personOfToken({ access }: ApiContext, token: string): Person | undefined {
  const known = access.token;
  return known !== undefined && isSameSecret(known.value, token) ? known.person : undefined;
}
