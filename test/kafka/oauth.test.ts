import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Failure } from '../../src/base/failure.ts';
import { tokenProvider } from '../../src/kafka/oauth.ts';
import { inFolder } from '../conformance/sinks.ts';

interface Issuer {
  readonly endpoint: string;
  readonly asked: string[];
}

/** An issuer that gives a new token each time, valid for a minute; refuses when told so. */
async function withIssuer(status: number, act: (issuer: Issuer) => Promise<void>): Promise<void> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push(`${request.headers.authorization ?? ''} ${body}`);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ access_token: `token-${asked.length}`, expires_in: 60 }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    await act({ endpoint: `http://127.0.0.1:${String(port)}/token`, asked });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function failureOf(asking: () => Promise<unknown>): Promise<string> {
  try {
    await asking();
    return 'none';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return `${error.code} ${String(error.retryable)}`;
  }
}

describe('tokens for OAUTHBEARER', () => {
  it('are read from the file for each connection', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'token');
      const token = tokenProvider({ token_file: path });
      expect(await failureOf(token)).to.equal('source_unreadable true');
      for (const fresh of ['one', 'two']) {
        writeFileSync(path, `${fresh}\n`);
        expect(await token()).to.equal(fresh);
      }
    }));

  it('come from an issuer for our credentials, and are asked for again before they end', () =>
    withIssuer(200, async ({ endpoint, asked }) => {
      let now = 0;
      const settings = {
        token_endpoint: endpoint,
        client_id: 'a b',
        client_secret: 'c',
        scope: 's',
      };
      const token = tokenProvider(settings, () => now);
      const tokens: string[] = [];
      for (now of [0, 29_999, 30_000]) tokens.push(await token());
      expect(tokens).to.deep.equal(['token-1', 'token-1', 'token-2']);
      const credentials = Buffer.from('a%20b:c').toString('base64');
      expect(asked[0]).to.equal(`Basic ${credentials} grant_type=client_credentials&scope=s`);
    }));

  it('refused is for people to mend, an issuer in trouble is asked again', async () => {
    for (const [status, failure] of [
      [401, 'peer_refused false'],
      [503, 'peer_refused true'],
    ] as const) {
      await withIssuer(status, async ({ endpoint: token_endpoint }) => {
        const settings = { token_endpoint, client_id: 'a', client_secret: 'b' };
        expect(await failureOf(tokenProvider(settings))).to.equal(failure);
      });
    }
    const nobody = { token_endpoint: 'http://127.0.0.1:1/', client_id: 'a', client_secret: 'b' };
    expect(await failureOf(tokenProvider(nobody))).to.equal('peer_unreachable true');
  });
});
