import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { Failure } from '../../../src/base/failure.ts';
import { ATTEMPTS_MAX, openHttpTarget } from '../../../src/sinks/records/http.ts';
import type { OutgoingRecord, RecordTarget } from '../../../src/sinks/records/target.ts';

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

const records = (...texts: readonly string[]): readonly OutgoingRecord[] =>
  texts.map((line) => ({ payload: Buffer.from(line), key: undefined }));

describe('sinks: records over http', () => {
  let server: Server;
  let url = '';
  let bodies: string[] = [];
  let waits: number[] = [];
  let answers: Answer[] = [];

  beforeEach(async () => {
    bodies = [];
    waits = [];
    answers = [];
    server = createServer((request, response) => {
      void text(request).then((body) => {
        bodies.push(
          `${request.headers['content-type']} ${String(request.headers['x-token'])} ${body}`,
        );
        const answer = answers.shift() ?? { status: 200 };
        response.writeHead(answer.status, answer.headers).end(answer.text ?? '');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  function open(signal: AbortSignal = new AbortController().signal, bytes = 10): RecordTarget {
    return openHttpTarget({
      url,
      headers: [['x-token', 't']],
      bodyBytesMax: bytes,
      signal,
      wait: (ms) => Promise.resolve(void waits.push(ms)),
    });
  }

  async function failed(work: Promise<void>): Promise<Failure> {
    try {
      await work;
    } catch (error) {
      expect(error).to.be.instanceOf(Failure);
      return error as Failure;
    }
    throw new Error('nothing failed');
  }

  const posted = (body: string): string => `application/x-ndjson t ${body}`;

  it('posts bounded bodies in order, a larger record alone, the rest when flushed', async () => {
    const target = open();
    await target.write(records('aaaa', 'bbbb', 'cccc', 'a record beyond the limit', 'd'));
    expect(bodies).to.deep.equal([
      posted('aaaa\nbbbb\n'),
      posted('cccc\n'),
      posted('a record beyond the limit\n'),
    ]);
    await target.flush();
    await target.flush();
    expect(bodies.slice(3)).to.deep.equal([posted('d\n')]);
    expect(target.delivered).to.deep.include({ records: 5, bytes: 38, retries: 0 });
  });

  it('sends again what a busy server refuses, after growing pauses or the one it asks for', async () => {
    answers = [{ status: 503 }, { status: 429, headers: { 'retry-after': '3' } }, { status: 500 }];
    const target = open();
    await target.write(records('a'));
    await target.flush();
    expect(bodies).to.deep.equal(Array.from({ length: 4 }, () => posted('a\n')));
    expect(waits).to.deep.equal([250, 3000, 1000]);
    expect(target.delivered).to.deep.include({ records: 1, retries: 3 });
  });

  it('gives up after its attempts, and counts nothing of the batch', async () => {
    answers = Array.from({ length: 20 }, () => ({ status: 503, text: 'overloaded' }));
    const target = open();
    await target.write(records('a'));
    const failure = await failed(target.flush());
    expect(failure.message).to.equal(
      `${url}: the server answered 503 Service Unavailable: overloaded`,
    );
    expect(bodies).to.have.length(ATTEMPTS_MAX);
    expect(Math.max(...waits)).to.equal(16_000);
    expect(target.delivered.records).to.equal(0);
  });

  for (const [status, headers, reason] of [
    [400, {}, '400 Bad Request: no such index'],
    [404, {}, '404 Not Found: no such index'],
    [302, { location: '/elsewhere' }, '302 Found: see /elsewhere'],
  ] as const) {
    it(`fails at once on ${status}`, async () => {
      answers = [{ status, headers, text: 'no such index' }];
      const target = open();
      await target.write(records('a'));
      const failure = await failed(target.flush());
      expect(failure.message).to.equal(`${url}: the server answered ${reason}`);
      expect(failure.retryable).to.equal(false);
      expect(bodies).to.have.length(1);
    });
  }

  it('tries again when there is no connection, and says why it gave up', async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    const target = open();
    await target.write(records('a'));
    const failure = await failed(target.flush());
    expect(failure.message).to.match(/ECONNREFUSED/);
    expect(waits).to.have.length(ATTEMPTS_MAX - 1);
  });

  it('makes no further attempt when it is told to end', async () => {
    const controller = new AbortController();
    answers = [{ status: 503 }, { status: 503 }];
    controller.abort();
    const target = open(controller.signal);
    await target.write(records('a'));
    await failed(target.flush());
    expect(bodies).to.have.length(1);
  });
});
