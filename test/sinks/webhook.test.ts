import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import type { Alert } from '../../src/alert/alert.ts';
import { openDeadLetter, readDeadLetter } from '../../src/sinks/dead-letter.ts';
import type { Sink, SinkContext } from '../../src/sinks/sink.ts';
import { openWebhook, type WebhookSettings } from '../../src/sinks/webhook.ts';
import { describeSink, expectFailure, inFolder } from '../conformance/sinks.ts';
import { sampleAlert } from './sample-alert.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver that knows an alert again by its idempotency key, as it should. */
class Receiver implements AsyncDisposable {
  readonly taken: Map<string, Received> = new Map();
  requests = 0;
  /** Statuses of the next answers; then everything is taken. 0 cuts the connection. */
  readonly moods: number[] = [];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      void text(request).then((body) => {
        this.requests++;
        const mood = this.moods.shift();
        if (mood === 0) {
          response.destroy();
        } else if (mood !== undefined) {
          response.writeHead(mood).end('because <b>');
        } else {
          const id = String(request.headers['idempotency-key']);
          if (!this.taken.has(id)) this.taken.set(id, { headers: request.headers, body });
          response.end();
        }
      });
    });
  }

  static async open(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/secret/path`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

const receivers = new Map<string, Receiver>();
async function receiverOf(folder: string): Promise<Receiver> {
  const receiver = receivers.get(folder) ?? (await Receiver.open());
  receivers.set(folder, receiver);
  return receiver;
}
after(async () => {
  for (const receiver of receivers.values()) await receiver[Symbol.asyncDispose]();
});

describeSink({
  name: 'webhook',
  keepsStates: false,
  open: async (folder) => openWebhook({ url: (await receiverOf(folder)).url }),
  content: async (folder) =>
    [...(await receiverOf(folder)).taken].map(([id, { body }]) => ({ id, ...JSON.parse(body) })),
});

async function withWebhook(
  action: (receiver: Receiver, sink: Sink) => Promise<void>,
  settings: Partial<WebhookSettings> = {},
  context: SinkContext = {},
): Promise<void> {
  await using receiver = await Receiver.open();
  await using sink = openWebhook({ url: receiver.url, ...settings }, context);
  await action(receiver, sink);
}

const three: readonly Alert[] = [1, 2, 3].map((number) => sampleAlert(number));

describe('the webhook', () => {
  it('posts each alert as it opened, in order', () =>
    withWebhook(async (receiver, sink) => {
      await sink.write(three);
      expect([...receiver.taken.keys()]).to.deep.equal(three.map(({ id }) => id));
      const [first] = receiver.taken.values();
      expect(JSON.parse(first?.body ?? '')).to.deep.equal(
        JSON.parse(JSON.stringify(three[0]?.document)),
      );
      expect(first?.headers).to.include({ 'content-type': 'application/json' });
    }));

  it('signs the body, and sends the headers of the configuration', () =>
    withWebhook(
      async (receiver, sink) => {
        await sink.write([sampleAlert(1)]);
        const [received] = receiver.taken.values();
        const digest = createHmac('sha256', 'key')
          .update(received?.body ?? '')
          .digest('hex');
        expect(received?.headers).to.include({
          authorization: 'Bearer t',
          'x-tidegate-signature': `sha256=${digest}`,
        });
      },
      { secret: 'key', headers: { authorization: 'Bearer t' } },
    ));

  it('writes a text for a chat, in which telemetry is no markup', () =>
    withWebhook(
      async (receiver, sink) => {
        const alert = sampleAlert(1);
        const sentence = '<!channel> @here [click](http://evil.example) *x* & y';
        await sink.write([{ ...alert, state: { ...alert.state, sentence } }]);
        const { text: line } = JSON.parse([...receiver.taken.values()][0]?.body ?? '');
        expect(line).to.include('high: &lt;!channel&gt;').and.to.include('&amp; y');
        expect(line).to.not.match(/@here|\]\(|:\/\/|\*x/);
      },
      { format: 'text' },
    ));

  for (const status of [429, 500, 503, 408, 0]) {
    it(`asks to be called again after ${status === 0 ? 'a cut connection' : status}`, () =>
      withWebhook(async (receiver, sink) => {
        receiver.moods.push(204, status);
        const failure = await expectFailure(() => sink.write(three), 'peer_unreachable');
        expect(failure.retryable).to.equal(true);
        await sink.write(three);
        // The first was taken before the second failed, and is not posted again.
        expect(receiver.requests).to.equal(4);
      }));
  }

  for (const status of [301, 401, 403, 404, 410]) {
    it(`stops at ${status} and does not show the path`, () =>
      withWebhook(async (receiver, sink) => {
        receiver.moods.push(status);
        const failure = await expectFailure(() => sink.write(three), 'peer_refused');
        expect(failure.retryable).to.equal(false);
        expect(failure.message).to.match(/^http:\/\/127\.0\.0\.1:\d+: answers \d+: because <b>$/);
      }));
  }

  it('keeps an alert that the receiver does not take as a dead letter, and goes on', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'dead.ndjson');
      await using deadLetter = openDeadLetter({ path });
      await withWebhook(
        async (receiver, sink) => {
          receiver.moods.push(204, 422);
          await sink.write(three);
          expect([...receiver.taken.keys()]).to.deep.equal([three[2]?.id]);
        },
        {},
        { deadLetter },
      );
      const letters: unknown[] = [];
      for await (const letter of readDeadLetter(path)) letters.push(String(letter?.key));
      expect(letters).to.deep.equal([three[1]?.id]);
    }));

  it('says that it takes too long, or that nobody is there', async () => {
    await withWebhook(
      async (receiver, sink) => {
        receiver.moods.push(204);
        await sink.write([sampleAlert(1)]);
      },
      { timeout_ms: 5000 },
    );
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    await using sink = openWebhook({ url, timeout_ms: 100 });
    const failure = await expectFailure(() => sink.write(three), 'peer_unreachable');
    expect(failure.message).to.include('does not answer in time');
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
    await expectFailure(() => sink.write(three), 'peer_unreachable');
  });
});
