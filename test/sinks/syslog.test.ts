import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import type { Alert } from '../../src/alert/alert.ts';
import { openSyslog, type SyslogSettings } from '../../src/sinks/syslog.ts';
import { describeSink, expectFailure } from '../conformance/sinks.ts';
import { sampleAlert } from './sample-alert.ts';

/** A collector that counts octets, and keeps the first message of each alert. */
class Collector implements AsyncDisposable {
  readonly messages: Map<string, string> = new Map();
  private readonly sockets: Set<Socket> = new Set();
  private readonly server: Server;
  private waiting: (() => void) | undefined;

  private constructor() {
    this.server = createServer((socket) => {
      this.sockets.add(socket);
      let bytes = Buffer.alloc(0);
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        bytes = Buffer.concat([bytes, chunk]);
        for (let frame = readFrame(bytes); frame !== undefined; frame = readFrame(bytes)) {
          this.take(frame.message);
          bytes = bytes.subarray(frame.end);
        }
      });
    });
  }

  static async open(): Promise<Collector> {
    const collector = new Collector();
    await new Promise<void>((resolve) => collector.server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get settings(): SyslogSettings {
    return { host: '127.0.0.1', port: (this.server.address() as AddressInfo).port };
  }

  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
    this.sockets.clear();
  }

  /** Resolves when so many different alerts have come. */
  async until(count: number): Promise<void> {
    while (this.messages.size < count) {
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(message: string): void {
    const id = / id="([^"]*)"/.exec(message)?.[1] ?? '';
    if (!this.messages.has(id)) this.messages.set(id, message);
    this.waiting?.();
  }
}

function readFrame(bytes: Buffer): { message: string; end: number } | undefined {
  const blank = bytes.indexOf(0x20);
  if (blank < 0) return undefined;
  const end = blank + 1 + Number(bytes.subarray(0, blank).toString());
  if (bytes.length < end) return undefined;
  return { message: bytes.subarray(blank + 1, end).toString(), end };
}

const collectors = new Map<string, Collector>();
async function collectorOf(folder: string): Promise<Collector> {
  const collector = collectors.get(folder) ?? (await Collector.open());
  collectors.set(folder, collector);
  return collector;
}
const written = new Map<string, Set<string>>();
after(async () => {
  for (const collector of collectors.values()) await collector[Symbol.asyncDispose]();
});

describeSink({
  name: 'syslog',
  keepsStates: false,
  open: async (folder) => {
    const sink = openSyslog((await collectorOf(folder)).settings);
    const write = sink.write.bind(sink);
    // What has been sent arrives a moment later: the suite asks for the content at once.
    sink.write = async (batch, signal) => {
      const receipt = await write(batch, signal);
      const ids = written.get(folder) ?? new Set<string>();
      for (const { id, document } of batch) if (document !== undefined) ids.add(id);
      written.set(folder, ids);
      return receipt;
    };
    return sink;
  },
  content: async (folder) => {
    const collector = await collectorOf(folder);
    await collector.until(written.get(folder)?.size ?? 0);
    return [...collector.messages.values()].toSorted();
  },
});

async function messageOf(alert: Alert, settings: Partial<SyslogSettings> = {}): Promise<string> {
  await using collector = await Collector.open();
  await using sink = openSyslog({ ...collector.settings, ...settings });
  await sink.write([alert]);
  await collector.until(1);
  return [...collector.messages.values()][0] ?? '';
}

describe('syslog', () => {
  it('says what RFC 5424 asks for', async () => {
    const alert = sampleAlert(1);
    const message = await messageOf(alert);
    expect(message).to.match(/^<131>1 \d{4}-\d\d-\d\dT[\d:.]+Z [\x21-\x7e]+ tidegate \d+ alert \[/);
    expect(message).to.include(
      `[tidegate@32473 id="${alert.id}" rule="rule-1" level="high" count="2"]`,
    );
    expect(message.endsWith(`] \ufeff${alert.state.sentence}`)).to.equal(true);
  });

  it('sends the whole document if asked to', async () => {
    const alert = sampleAlert(1);
    const message = await messageOf(alert, { format: 'ecs' });
    const document: unknown = JSON.parse(message.slice(message.indexOf('\ufeff') + 1));
    expect(document).to.deep.equal(JSON.parse(JSON.stringify(alert.document)));
  });

  it('lets telemetry make no second message and no further parameter', async () => {
    const alert = sampleAlert(1);
    const sentence = 'a\n<0>1 - - - - - -\r\u0000\u2028b';
    const message = await messageOf({
      ...alert,
      ruleId: 'x" y="z]\\',
      state: { ...alert.state, sentence },
    });
    expect(message).to.include('rule="x\\" y=\\"z\\]\\\\" level');
    for (const sign of ['\n', '\r', '\u0000', '\u2028']) expect(message).to.not.include(sign);
  });

  it('says that nobody is there, and goes on when the collector is back', async () => {
    await using collector = await Collector.open();
    await using sink = openSyslog(collector.settings);
    await sink.write([sampleAlert(1)]);
    await collector.until(1);
    collector.cut();
    // TCP takes what is written into a broken connection at first, so a write may still succeed.
    for (let number = 2; collector.messages.size < 2; number++) {
      await sink.write([sampleAlert(number)]).catch(() => undefined);
      await new Promise(setImmediate);
    }
    const silent = openSyslog({ host: '127.0.0.1', port: 1 });
    const failure = await expectFailure(() => silent.write([sampleAlert(1)]), 'peer_unreachable');
    expect(failure.message).to.match(/^syslog 127\.0\.0\.1:1: /);
    await silent[Symbol.asyncDispose]();
  });
});
