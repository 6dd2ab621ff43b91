import { expect } from 'chai';
import { createClient } from '../../../src/sinks/elasticsearch/client.ts';
import { FAILURES_MAX } from '../../../src/sinks/elasticsearch/breaker.ts';
import {
  BulkWriter,
  ITEMS_MAX,
  TRIES_MAX,
  type BulkOperation,
  type BulkOptions,
} from '../../../src/sinks/elasticsearch/bulk.ts';
import { expectFailure } from '../../conformance/sinks.ts';
import { BulkServer, type Asked, type ItemTrouble, type Mood } from './bulk-server.ts';

const NEVER = new AbortController().signal;

function operation(number: number, options: Partial<BulkOperation> = {}): BulkOperation {
  const document = (): string => JSON.stringify({ number });
  return { index: 'alerts', id: `id-${number}`, version: undefined, document, ...options };
}

function operations(count: number): BulkOperation[] {
  return Array.from({ length: count }, (_, number) => operation(number));
}

interface Bench {
  readonly server: BulkServer;
  readonly writer: BulkWriter;
  readonly waits: number[];
  readonly retried: string[];
  /** Milliseconds since the beginning. */
  readonly clock: { now: number };
}

async function withWriter(
  action: (bench: Bench) => Promise<void>,
  options: Partial<BulkOptions> = {},
): Promise<void> {
  await using server = await BulkServer.open();
  const client = createClient({ url: server.url, request_timeout_ms: 500 });
  const waits: number[] = [];
  const retried: string[] = [];
  const clock = { now: 0 };
  const writer = new BulkWriter({
    client,
    address: 'the cluster',
    concurrency: 1,
    bodyBytesMax: 1_000_000,
    observer: { retried: (count, reason) => void retried.push(`${count} ${reason}`) },
    now: () => clock.now,
    random: () => 1,
    wait: async (ms) => void waits.push(ms),
    ...options,
  });
  try {
    await action({ server, writer, waits, retried, clock });
  } finally {
    await client.close();
  }
}

const busy: ItemTrouble = { status: 429, type: 'es_rejected_execution_exception', reason: 'full' };
const blocked: ItemTrouble = { status: 429, type: 'cluster_block_exception', reason: 'flood' };
const failed: ItemTrouble = { status: 503, type: 'unavailable_shards_exception', reason: 'gone' };
const only = (id: string, trouble: ItemTrouble): NonNullable<Mood['trouble']> => {
  return (asked: Asked) => (asked.id === id ? trouble : undefined);
};

describe('the bulk writer', () => {
  it('tells what became of each document', () =>
    withWriter(async ({ server, writer, waits }) => {
      server.trouble = only('id-2', {
        status: 400,
        type: 'document_parsing_exception',
        reason: 'failed to parse',
      });
      await writer.write([operation(1)], NEVER);
      const outcomes = await writer.write([operation(0), operation(1), operation(2)], NEVER);
      expect(outcomes).to.deep.equal([
        { kind: 'written' },
        { kind: 'there' },
        { kind: 'refused', reason: 'document_parsing_exception: failed to parse' },
      ]);
      expect(waits).to.deep.equal([]);
    }));

  it('takes the place of an earlier version, never of a later one', () =>
    withWriter(async ({ server, writer }) => {
      const kinds: string[] = [];
      for (const version of [3, 9, 5, 9]) {
        const document = (): string => JSON.stringify({ version });
        const [outcome] = await writer.write([operation(1, { version, document })], NEVER);
        kinds.push(outcome?.kind ?? '');
      }
      expect(kinds).to.deep.equal(['written', 'written', 'there', 'written']);
      expect(server.stored.get('alerts/id-1')?.document).to.deep.equal({ version: 9 });
    }));

  const once: readonly (readonly [string, Mood, readonly string[]])[] = [
    ['one document 429', { trouble: only('id-1', busy) }, ['1 busy']],
    ['one document blocked', { trouble: only('id-1', blocked) }, ['1 blocked']],
    ['one document 503', { trouble: only('id-1', failed) }, ['1 failed']],
    ['the whole request 429', { status: 429 }, ['3 busy']],
    ['the whole request 500', { status: 500 }, ['3 failed']],
    [
      'a page of a proxy 502',
      { status: 502, body: '<html>', headers: { 'content-type': 'text/html' } },
      ['3 failed'],
    ],
    ['503', { status: 503 }, ['3 failed']],
    ['half an answer', { isCut: true }, ['3 unreachable']],
    ['an answer that is no JSON', { status: 200, body: '{' }, ['3 unreachable']],
    ['an answer for other documents', { status: 200, body: '{"items":[]}' }, ['3 unreachable']],
  ];
  for (const [name, mood, retried] of once) {
    it(`loses nothing and writes nothing twice when the answer is: ${name}`, () =>
      withWriter(async (bench) => {
        bench.server.moods.push(mood);
        const outcomes = await bench.writer.write(operations(3), NEVER);
        expect(outcomes.every(({ kind }) => kind !== 'refused')).to.equal(true);
        expect(bench.server.stored.size).to.equal(3);
        expect(bench.retried).to.deep.equal(retried);
      }));
  }

  it('sends only what is missing again, and waits longer each time', () =>
    withWriter(async ({ server, writer, waits }) => {
      const mood = { trouble: only('id-1', busy) };
      server.moods.push(mood, mood, mood);
      await writer.write(operations(3), NEVER);
      expect(server.sizes).to.deep.equal([3, 1, 1, 1]);
      expect(waits).to.deep.equal([100, 200, 400]);
    }));

  it('waits a random part of that, at least a half', () =>
    withWriter(
      async ({ server, writer, waits }) => {
        server.moods.push({ status: 503 });
        await writer.write(operations(1), NEVER);
        expect(waits).to.deep.equal([50]);
      },
      { random: () => 0 },
    ));

  it('waits as long as the server asks, within a bound', () =>
    withWriter(async ({ server, writer, waits }) => {
      server.moods.push({ status: 503, headers: { 'retry-after': '2' } });
      server.moods.push({ status: 503, headers: { 'retry-after': '86400' } });
      server.moods.push({ status: 503, headers: { 'retry-after': 'Wed, 21 Oct 2026' } });
      await writer.write(operations(1), NEVER);
      expect(waits).to.deep.equal([2000, 10_000, 400]);
    }));

  it('gives the batch back when trying again does not help, with the reason', () =>
    withWriter(async ({ server, writer }) => {
      server.trouble = () => blocked;
      const failure = await expectFailure(
        () => writer.write(operations(2), NEVER),
        'peer_unreachable',
      );
      expect(failure.retryable).to.equal(true);
      expect(failure.message).to.equal('the cluster: cluster_block_exception: flood');
      expect(server.sizes).to.have.length(TRIES_MAX);
    }));

  it('sends smaller requests to a server that is busy', () =>
    withWriter(async ({ server, writer }) => {
      server.moods.push({ status: 429 });
      await writer.write(operations(8), NEVER);
      expect(server.sizes).to.deep.equal([8, 4, 4]);
      expect(server.stored.size).to.equal(8);
    }));

  it('splits by bytes before sending, and again when a request is too large', () =>
    withWriter(
      async ({ server, writer }) => {
        const large = { document: (): string => JSON.stringify({ text: 'x'.repeat(4000) }) };
        const many = operations(8).map((one) => ({ ...one, ...large }));
        await writer.write(many, NEVER);
        expect(Math.max(...server.sizes)).to.equal(4);
        server.bytesMax = 9000;
        server.stored.clear();
        const outcomes = await writer.write(many, NEVER);
        expect(outcomes.map(({ kind }) => kind)).to.deep.equal(many.map(() => 'written'));
      },
      { bodyBytesMax: 20_000 },
    ));

  it('refuses one document that is too large by itself, and writes the others', () =>
    withWriter(async ({ server, writer }) => {
      server.bytesMax = 5000;
      const huge = operation(1, { document: () => JSON.stringify('x'.repeat(6000)) });
      const outcomes = await writer.write([operation(0), huge, operation(2)], NEVER);
      expect(outcomes.map(({ kind }) => kind)).to.deep.equal(['written', 'refused', 'written']);
    }));

  it('finds the document for which a whole request was refused', () =>
    withWriter(async ({ server, writer }) => {
      // A request of 5 is refused, so is its half of 3, then its half of 2, then document 1.
      for (const isRefused of [true, true, true, false, true]) {
        server.moods.push(isRefused ? { status: 400 } : {});
      }
      const outcomes = await writer.write(operations(5), NEVER);
      expect(outcomes.map(({ kind }) => kind)).to.deep.equal([
        'written',
        'refused',
        'written',
        'written',
        'written',
      ]);
    }));

  it('sends no more requests at a time than it may, nor documents in a request', () =>
    withWriter(
      async ({ server, writer }) => {
        await writer.write(operations(ITEMS_MAX * 5), NEVER);
        expect(server.stored.size).to.equal(ITEMS_MAX * 5);
        expect(Math.max(...server.sizes)).to.equal(ITEMS_MAX);
        expect(server.isMostUnderWay).to.be.within(1, 2);
      },
      { concurrency: 2, bodyBytesMax: 50_000_000 },
    ));

  const refusals: readonly (readonly [number, string])[] = [
    [401, 'does not accept the credentials'],
    [403, 'lack a right'],
  ];
  for (const [status, words] of refusals) {
    it(`does not ask again after ${status}, and says why`, () =>
      withWriter(async ({ server, writer, waits }) => {
        server.moods.push({ status });
        const failure = await expectFailure(
          () => writer.write(operations(1), NEVER),
          'peer_refused',
        );
        expect(failure.message).to.include(words);
        expect([failure.retryable, waits.length]).to.deep.equal([false, 0]);
      }));
  }

  it('names a right that is missing for one index, and an index that nobody made', () =>
    withWriter(async ({ server, writer }) => {
      const denied = { status: 403, type: 'security_exception', reason: 'unauthorized' };
      const missing = { status: 404, type: 'index_not_found_exception', reason: 'no such index' };
      server.moods.push({ trouble: () => denied }, { trouble: () => missing });
      await expectFailure(() => writer.write(operations(1), NEVER), 'peer_refused');
      await expectFailure(() => writer.write(operations(1), NEVER), 'store_unprepared');
    }));

  it('writes once what was written although the answer came too late', () =>
    withWriter(async ({ server, writer }) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.moods.push({ until: promise });
      const outcomes = await writer.write(operations(2), NEVER);
      resolve();
      expect(outcomes).to.deep.equal([{ kind: 'there' }, { kind: 'there' }]);
      expect(server.stored.size).to.equal(2);
    }));

  it('gives up at once when it is told to', () =>
    withWriter(async ({ server, writer }) => {
      const stop = new AbortController();
      server.moods.push({ until: new Promise(() => undefined) });
      const writing = expectFailure(
        () => writer.write(operations(1), stop.signal),
        'peer_unreachable',
      );
      stop.abort();
      await writing;
    }));

  it('leaves a server alone that fails again and again, then asks once', () =>
    withWriter(async ({ server, writer, clock }) => {
      for (let failures = 0; failures < FAILURES_MAX + 1; failures++) {
        server.moods.push({ status: 500 });
      }
      const fails = (): Promise<{ readonly message: string }> =>
        expectFailure(() => writer.write(operations(1), NEVER), 'peer_unreachable');
      expect((await fails()).message).to.match(/failed 5 times in a row; next try in \d+ s/);
      const asked = server.sizes.length;
      expect(asked).to.equal(FAILURES_MAX);
      await fails();
      expect(server.sizes).to.have.length(asked);
      clock.now += 1000;
      await fails();
      expect(server.sizes).to.have.length(asked + 1);
      clock.now += 2000;
      expect(await writer.write(operations(1), NEVER)).to.deep.equal([{ kind: 'written' }]);
    }));

  it('says that nobody is there', async () => {
    const server = await BulkServer.open();
    const client = createClient({ url: server.url });
    await server[Symbol.asyncDispose]();
    const options = { client, address: 'nowhere', concurrency: 1, bodyBytesMax: 1e6 };
    const writer = new BulkWriter({ ...options, wait: async () => undefined });
    const failure = await expectFailure(
      () => writer.write(operations(1), NEVER),
      'peer_unreachable',
    );
    expect(failure.message).to.match(/^nowhere: /);
    await client.close();
  });
});
