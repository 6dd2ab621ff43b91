import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The address that everything here listens on; nothing is reachable from outside. */
export const LOOPBACK = '127.0.0.1';

/** Ports of the loopback that nobody listens on now. */
export async function freePorts(count: number): Promise<readonly number[]> {
  // All are held until the last is known, so that none is given twice.
  const held = await Promise.all(Array.from({ length: count }, holdPort));
  const ports = held.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(held.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

function holdPort(): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => resolve(server));
  });
}

/** True if somebody accepts connections on this port of the loopback. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, LOOPBACK);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Asks again until the answer is yes; throws with what was waited for when the time is over. */
export async function waitUntil(
  isTrue: () => Promise<boolean>,
  { what, limitMs }: { readonly what: string; readonly limitMs: number },
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${limitMs} ms`);
    await sleep(100);
  }
}
