import { expect } from 'chai';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

import { LOOPBACK, freePorts } from './ports.ts';
import { ToxicProxy } from './toxic-proxy.ts';

/** An echo behind a proxy, with a connection to it. */
async function withEcho(
  action: (proxy: ToxicProxy, dial: () => Promise<Socket>) => Promise<void>,
): Promise<void> {
  const [port = 0, targetPort = 0] = await freePorts(2);
  const echo = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  await new Promise<void>((done) => echo.listen(targetPort, LOOPBACK, done));
  await using proxy = await ToxicProxy.open({ port, targetPort });
  const dial = async (): Promise<Socket> => {
    const socket = connect(port, LOOPBACK);
    await once(socket, 'connect');
    return socket;
  };
  try {
    await action(proxy, dial);
  } finally {
    await proxy[Symbol.asyncDispose]().catch(() => undefined);
    echo.close();
  }
}

async function answerTo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString();
}

describe('integration: toxic proxy', () => {
  it('passes everything on in both directions and counts it', () =>
    withEcho(async (proxy, dial) => {
      const socket = await dial();
      expect(await answerTo(socket, 'hello')).to.equal('hello');
      expect(proxy.bytesPassed).to.equal(10);
      socket.destroy();
    }));

  it('a stalled connection says nothing until it is healed', () =>
    withEcho(async (proxy, dial) => {
      const socket = await dial();
      await answerTo(socket, 'a');
      proxy.stall();
      const answer = answerTo(socket, 'b');
      // Another way to the proxy stands behind the first in the loop; it stalls as well.
      const other = await dial();
      other.write('c');
      expect(proxy.bytesPassed).to.equal(2);
      proxy.heal();
      expect(await answer).to.equal('b');
      socket.destroy();
      other.destroy();
    }));

  it('cuts what is open and takes new connections', () =>
    withEcho(async (proxy, dial) => {
      const socket = await dial();
      await answerTo(socket, 'a');
      const error = once(socket, 'error').catch((cause: unknown) => cause);
      proxy.cut();
      expect(await error).to.have.nested.property('[0].code', 'ECONNRESET');
      const next = await dial();
      expect(await answerTo(next, 'b')).to.equal('b');
      next.destroy();
    }));

  it('cuts once after the bytes that were asked for', () =>
    withEcho(async (proxy, dial) => {
      proxy.cutAfter(3);
      const socket = await dial();
      expect(await answerTo(socket, 'a')).to.equal('a');
      const closed = new Promise((done) => socket.once('close', done));
      socket.on('error', () => undefined);
      socket.write('bcd');
      await closed;
      const next = await dial();
      expect(await answerTo(next, 'hello')).to.equal('hello');
      next.destroy();
    }));

  it('refuses until it is healed', () =>
    withEcho(async (proxy, dial) => {
      proxy.refuse();
      const refused = await dial().catch(() => undefined);
      refused?.on('error', () => undefined);
      if (refused?.closed === false) await new Promise((done) => refused.once('close', done));
      proxy.heal();
      const socket = await dial();
      expect(await answerTo(socket, 'a')).to.equal('a');
      socket.destroy();
    }));
});
