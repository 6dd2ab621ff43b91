import { createServer, connect, type Server, type Socket } from 'node:net';

import { LOOPBACK } from './ports.ts';

/** A connection through the proxy, both of its ends. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/**
 * A TCP proxy on the loopback that can do to a connection what networks do: be late, be narrow, stall,
 * cut, refuse.
 */
export class ToxicProxy implements AsyncDisposable {
  readonly port: number;
  private readonly targetPort: number;
  private readonly listener: Server;
  private readonly pairs: Set<Pair> = new Set();
  private isRefusing = false;
  private isStalled = false;
  private delayMs = 0;
  private bytesPerSecondMax = Number.POSITIVE_INFINITY;
  private cutAfterBytes = Number.POSITIVE_INFINITY;
  private passed = 0;

  private constructor(listener: Server, port: number, targetPort: number) {
    this.listener = listener;
    this.port = port;
    this.targetPort = targetPort;
    listener.on('connection', (client) => this.accept(client));
  }

  /** Listens on a port of the loopback and passes everything on to another. */
  static open({ port, targetPort }: { port: number; targetPort: number }): Promise<ToxicProxy> {
    const listener = createServer();
    return new Promise((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(port, LOOPBACK, () => resolve(new ToxicProxy(listener, port, targetPort)));
    });
  }

  /** Bytes that went through, both ways. */
  get bytesPassed(): number {
    return this.passed;
  }

  /** Nothing goes through in either direction, and nobody is told; new connections stall too. */
  stall(): void {
    this.isStalled = true;
    for (const { client, server } of this.pairs) {
      client.pause();
      server.pause();
    }
  }

  /** Connections end at once, with a reset; new ones are taken again. */
  cut(): void {
    for (const { client, server } of this.pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /** Everything is cut once, when this many further bytes have gone through. */
  cutAfter(bytes: number): void {
    this.cutAfterBytes = this.passed + bytes;
  }

  /** Connections end, and new ones are reset as they come, as if nobody listened. */
  refuse(): void {
    this.isRefusing = true;
    this.cut();
  }

  /** Each piece of data arrives this much later. */
  delay(ms: number): void {
    this.delayMs = ms;
  }

  /** Not more than this goes through in a second, in each direction of each connection. */
  limit(bytesPerSecond: number): void {
    this.bytesPerSecondMax = bytesPerSecond;
  }

  /** Undoes everything: what was stalled goes on. */
  heal(): void {
    this.isRefusing = false;
    this.isStalled = false;
    this.delayMs = 0;
    this.bytesPerSecondMax = Number.POSITIVE_INFINITY;
    this.cutAfterBytes = Number.POSITIVE_INFINITY;
    for (const { client, server } of this.pairs) {
      client.resume();
      server.resume();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((done) => this.listener.close(done));
  }

  private accept(client: Socket): void {
    if (this.isRefusing) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(this.targetPort, LOOPBACK);
    const pair = { client, server };
    this.pairs.add(pair);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('data', (chunk) => this.pass(chunk, from, to));
      from.on('end', () => setTimeout(() => to.end(), this.delayMs));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroy();
        this.pairs.delete(pair);
      });
      if (this.isStalled) from.pause();
    }
  }

  private pass(chunk: Buffer, from: Socket, to: Socket): void {
    this.passed += chunk.length;
    if (this.passed >= this.cutAfterBytes) {
      this.cutAfterBytes = Number.POSITIVE_INFINITY;
      this.cut();
      return;
    }
    const goOn = (): void => {
      if (!this.isStalled) from.resume();
    };
    const write = (): void => {
      if (to.destroyed) return;
      if (to.write(chunk)) goOn();
      else to.once('drain', goOn);
    };
    from.pause();
    const holdMs = this.delayMs + (chunk.length / this.bytesPerSecondMax) * 1000;
    if (holdMs > 0) setTimeout(write, holdMs);
    else write();
  }
}
