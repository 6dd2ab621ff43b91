import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { LOOPBACK } from './ports.ts';
import { ServicesUnavailable } from './unavailable.ts';

const run = promisify(execFile);

/** Paths of PEM files of an authority of our own, and of what it has signed. */
export interface TlsFiles {
  readonly authority: string;
  /** Key and certificate in one file, as Kafka reads them; for 127.0.0.1 and localhost. */
  readonly serverKeyAndCertificate: string;
  readonly serverKey: string;
  readonly serverCertificate: string;
  readonly clientKey: string;
  readonly clientCertificate: string;
  /** Another authority, which nobody trusts. */
  readonly strangeAuthority: string;
}

/** Makes an authority and certificates for one server and one client with openssl. */
export async function makeCertificates(folder: string): Promise<TlsFiles> {
  const path = (name: string): string => join(folder, name);
  try {
    await authority(path('authority'));
    await authority(path('strange'));
    await signed(path('server'), path('authority'), `subjectAltName=IP:${LOOPBACK},DNS:localhost`);
    await signed(path('client'), path('authority'), 'extendedKeyUsage=clientAuth');
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'ENOENT') throw cause;
    throw new ServicesUnavailable('openssl is not on the PATH', { cause });
  }
  const both = await Promise.all(
    [path('server.key'), path('server.crt')].map((file) => readFile(file)),
  );
  await writeFile(path('server.pem'), Buffer.concat(both));
  return {
    authority: path('authority.crt'),
    serverKeyAndCertificate: path('server.pem'),
    serverKey: path('server.key'),
    serverCertificate: path('server.crt'),
    clientKey: path('client.key'),
    clientCertificate: path('client.crt'),
    strangeAuthority: path('strange.crt'),
  };
}

async function authority(base: string): Promise<void> {
  const subject = ['-subj', '/CN=tidegate test authority', '-days', '30'];
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject],
    ...['-keyout', `${base}.key`, '-out', `${base}.crt`],
  ]);
}

async function signed(base: string, by: string, extension: string): Promise<void> {
  await run('openssl', [
    ...['req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=tidegate test'],
    ...['-keyout', `${base}.key`, '-out', `${base}.csr`],
  ]);
  await writeFile(`${base}.ext`, `${extension}\n`);
  await run('openssl', [
    ...['x509', '-req', '-in', `${base}.csr`, '-CA', `${by}.crt`, '-CAkey', `${by}.key`],
    ...['-CAcreateserial', '-days', '30', '-extfile', `${base}.ext`, '-out', `${base}.crt`],
  ]);
}
