import { expect } from 'chai';
import { request } from 'node:http';

import { allowedHosts, isLoopback } from '../../src/dashboard/access/addresses.ts';
import { hashPassword, isPassword } from '../../src/dashboard/access/passwords.ts';
import { RateLimit } from '../../src/dashboard/access/rate-limit.ts';
import { Sessions } from '../../src/dashboard/access/sessions.ts';
import { expectFailure } from '../conformance/sinks.ts';
import { sampleAlert } from '../sinks/sample-alert.ts';
import { serving } from './served.ts';

const alert = sampleAlert(1);
const triage = `/api/v1/alerts/${alert.id}/triage`;
const change = JSON.stringify({ version: 0, state: 'acknowledged' });
const json = { 'content-type': 'application/json' };

describe('dashboard: who gets in', () => {
  it('nobody without the token of this start, and it leaves the address at once', () =>
    serving([alert], async ({ origin, url }) => {
      expect((await fetch(`${origin}/api/v1/alerts`)).status).to.equal(401);
      const wrong = await fetch(`${origin}/?token=wrong`, { redirect: 'manual' });
      expect(wrong.headers.get('set-cookie')).to.equal(null);
      const entry = await fetch(url, { redirect: 'manual' });
      expect(entry.headers.get('location')).to.equal('/alerts');
      const cookie = entry.headers.get('set-cookie') ?? '';
      expect(cookie).to.contain('HttpOnly').and.to.contain('SameSite=Strict');
      const session = { cookie: cookie.split(';')[0] ?? '' };
      const me = await (await fetch(`${origin}/api/v1/session`, { headers: session })).json();
      expect(me).to.include({ person: 'lena' });
    }));

  it('a change needs the secret of the session, and must come from the page', () =>
    serving([alert], async ({ origin, url }) => {
      const entry = await fetch(url, { redirect: 'manual' });
      const cookie = entry.headers.get('set-cookie')?.split(';')[0] ?? '';
      const { csrf } = (await (
        await fetch(`${origin}/api/v1/session`, { headers: { cookie } })
      ).json()) as { readonly csrf: string };
      const put = async (headers: Readonly<Record<string, string>>): Promise<number> => {
        const all = { ...json, cookie, ...headers };
        return (await fetch(origin + triage, { method: 'PUT', headers: all, body: change })).status;
      };
      expect(await put({})).to.equal(403);
      expect(await put({ 'x-tidegate-csrf': 'wrong' })).to.equal(403);
      expect(await put({ 'x-tidegate-csrf': csrf, 'sec-fetch-site': 'cross-site' })).to.equal(403);
      expect(await put({ 'x-tidegate-csrf': csrf, 'sec-fetch-site': 'same-origin' })).to.equal(200);
      const end = await fetch(`${origin}/api/v1/session`, {
        method: 'DELETE',
        headers: { cookie, 'x-tidegate-csrf': csrf },
      });
      expect(end.status, await end.text()).to.equal(204);
      const after = await fetch(`${origin}/api/v1/alerts`, { headers: { cookie } });
      expect(after.status).to.equal(401);
    }));

  it('another name that was pointed at this machine is refused', () =>
    serving([alert], async ({ origin }) => {
      const { port } = new URL(origin);
      const status = await new Promise<number | undefined>((resolve) => {
        const options = { port, host: '127.0.0.1', headers: { host: `evil.example:${port}` } };
        request(options, (response) => resolve(response.statusCode)).end();
      });
      expect(status).to.equal(421);
    }));

  it('every answer carries the policy of the page: no inline script, nothing from elsewhere', () =>
    serving([], async ({ origin }) => {
      for (const path of ['/alerts', '/assets/page.js', '/api/v1/alerts', '/nowhere']) {
        const { headers } = await fetch(origin + path);
        const policy = headers.get('content-security-policy') ?? '';
        expect(policy, path).to.contain("default-src 'none'").and.to.contain("script-src 'self'");
        expect(policy, path).not.to.match(/unsafe|https?:|data:|\*/);
        expect(headers.get('x-content-type-options'), path).to.equal('nosniff');
      }
    }));

  it('with people, a password', async () => {
    const passwordHash = await hashPassword('correct horse');
    const people = [{ name: 'kurz', permissions: ['triage'] as const, passwordHash }];
    await serving(
      [],
      async ({ origin }) => {
        const signIn = (name: string, password: string): Promise<Response> =>
          fetch(`${origin}/api/v1/session`, {
            method: 'POST',
            headers: json,
            body: JSON.stringify({ name, password }),
          });
        expect((await signIn('kurz', 'wrong')).status).to.equal(401);
        expect((await signIn('nobody', 'correct horse')).status).to.equal(401);
        const done = await signIn('kurz', 'correct horse');
        expect(await done.json()).to.deep.include({ person: 'kurz', permissions: ['triage'] });
      },
      { access: { people } },
    );
  }).timeout(30_000);

  it('too many attempts wait', () =>
    serving([], async ({ origin }) => {
      const attempts: number[] = [];
      for (let count = 0; count < 12; count++) {
        const body = JSON.stringify({ token: 'guess' });
        const options = { method: 'POST', headers: json, body };
        attempts.push((await fetch(`${origin}/api/v1/session`, options)).status);
      }
      expect(attempts.slice(0, 10)).to.deep.equal(Array.from({ length: 10 }, () => 401));
      expect(attempts.at(-1)).to.equal(429);
    }));

  it('a body that is too large, or of unknown size, is not read', () =>
    serving([alert], async ({ ask }) => {
      const comment = 'x'.repeat(300 * 1024);
      expect((await ask('PUT', triage.slice(7), { version: 0, comment })).status).to.equal(413);
    }));

  it('another address is refused without people or a proxy', async () => {
    await expectFailure(
      () =>
        serving([], async () => undefined, {
          listen: { host: '0.0.0.0', port: 0 },
        }),
      'address_unusable',
    );
  });
});

describe('dashboard: parts of access', () => {
  it('knows passwords by their hashes', async () => {
    const hash = await hashPassword('päss');
    expect(hash).to.match(/^scrypt:/);
    expect(await isPassword('päss', hash)).to.equal(true);
    expect(await isPassword('pass', hash)).to.equal(false);
  });

  it('tells loopback from other addresses', () => {
    for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost']) {
      expect(isLoopback(host), host).to.equal(true);
    }
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'localhost.example']) {
      expect(isLoopback(host), host).to.equal(false);
    }
    expect([...(allowedHosts({ host: '127.0.0.1', port: 1 }, undefined) ?? [])]).to.include(
      'localhost:1',
    );
  });

  it('gives so many permits, and more as time goes by', () => {
    let now = 0;
    const limit = new RateLimit({ burst: 2, perSecond: 1 }, () => now);
    expect([limit.take('a'), limit.take('a'), limit.take('a')]).to.deep.equal([true, true, false]);
    expect(limit.take('b')).to.equal(true);
    now = 1000;
    expect([limit.take('a'), limit.take('a')]).to.deep.equal([true, false]);
  });

  it('forgets a session that was idle', () => {
    let now = 0;
    const sessions = new Sessions(() => now);
    const { id } = sessions.begin({ name: 'lena', permissions: [] });
    now += 11 * 3_600_000;
    expect(sessions.find(id)?.person.name).to.equal('lena');
    now += 13 * 3_600_000;
    expect(sessions.find(id)).to.equal(undefined);
  });
});
