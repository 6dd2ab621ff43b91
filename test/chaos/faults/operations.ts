import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';

import { makeCertificates } from '../../integration/services/certificates.ts';
import { freePorts } from '../../integration/services/ports.ts';
import type { Fault, Stage } from '../fault.ts';
import { configure, Instance, pause, until } from '../instance.ts';
import { StatusPage } from '../status.ts';
import { compare } from '../verdict.ts';
import { Watched } from '../watched.ts';
import { launches, RULES } from '../workload.ts';
import { linesOf } from './input.ts';

const MAIN = resolve(import.meta.dirname, '../../../src/cli/main.ts');
const NOTHING = { missing: 0, extra: 0, duplicates: 0 } as const;

/** Faults of whoever runs it: rules that change, secrets, certificates. */
export const operationsFaults: readonly Fault[] = [
  {
    id: 'S3',
    fault:
      'rules are read again under load, good ones and broken ones, while windows are half full',
    run: async (stage) => {
      await using watched = await Watched.start(stage.folder);
      watched.put('events.ndjson', linesOf(launches(String(stage.seed), stage.events)));
      await watched.begun();
      const reloads = stage.isShort ? 20 : 100;
      for (let reload = 0; reload < reloads; reload++) {
        watched.writeRules(reload % 4 === 3 ? `${RULES}---\ntitle: [broken` : withRule(reload));
        watched.instance.child.kill('SIGHUP');
        await pause(stage.random.integer(20, 120));
      }
      const expected = await stage.baseline();
      const found = await watched.settled(expected);
      const counted = await watched.status.metrics();
      const count = (kind: string): number => counted('tidegate_rule_reloads_total', kind);
      return {
        ...compare(expected, found),
        also: {
          'good ones were taken, broken ones were not': count('taken') > 0 && count('refused') > 0,
        },
      };
    },
  },
  {
    id: 'S3-kill',
    fault: 'kill -9 between a change of rules and the next checkpoint',
    run: async (stage) => {
      await using watched = await Watched.start(stage.folder, {
        checkpoints: '{ kind: sqlite, every: 2s }',
      });
      watched.put('events.ndjson', linesOf(launches(String(stage.seed), stage.events)));
      await watched.begun();
      for (let kill = 0; kill < stage.strikes; kill++) {
        watched.writeRules(withRule(kill));
        watched.instance.child.kill('SIGHUP');
        await watched.instance.says('"kind":"taken"', 2_000).catch(() => false);
        await pause(stage.random.integer(0, 200));
        await watched.killed();
        await watched.begun();
      }
      const expected = await stage.baseline();
      return compare(expected, await watched.settled(expected));
    },
  },
  {
    id: 'S6',
    fault: 'secrets of the configuration: in no log, metric, status, or printed configuration',
    run: async (stage) => {
      const secrets = { API: 'kx-8213-secret-api', SASL: 'kx-8213-secret-sasl' };
      const [kafka = 0, cluster = 0] = await freePorts(2);
      const status = await StatusPage.reserve();
      const sasl = 'sasl: { mechanism: plain, username: tidegate, password: "${SASL}" }';
      const config = configure(stage.folder, {
        status,
        source: `{ kind: kafka, brokers: ["127.0.0.1:${String(kafka)}"], topics: [t], ${sasl} }`,
        primary: `{ kind: elasticsearch, url: "http://127.0.0.1:${String(cluster)}", api_key: "\${API}" }`,
        more: 'log: { level: debug }',
      });
      await using instance = new Instance(config, [], { env: secrets });
      await until(async () => (await status.get('/readyz')).text.includes('kafka'), 60_000);
      await instance.says('waiting for the source');
      const pages = await Promise.all(['/readyz', '/metrics'].map((path) => status.get(path)));
      await instance.kill('SIGTERM');
      const show = execFileSync(process.execPath, [MAIN, 'config', 'show', '-c', config], {
        env: { ...process.env, ...secrets },
      });
      const all = [instance.log, ...pages.map(({ text }) => text), show.toString()].join('\n');
      return {
        ...NOTHING,
        also: {
          'none is shown': !Object.values(secrets).some((secret) => all.includes(secret)),
          'there was something to look at': pages.every(({ text }) => text.length > 0),
        },
      };
    },
  },
  {
    id: 'S7',
    fault: 'TLS: an authority that did not sign, and a server that wants other credentials',
    run: async (stage) => {
      const files = await makeCertificates(stage.folder);
      const server = createServer(
        { key: readFileSync(files.serverKey), cert: readFileSync(files.serverCertificate) },
        (_, response) => {
          response.writeHead(401, { 'x-elastic-product': 'Elasticsearch' }).end('{}');
        },
      );
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      const url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
      try {
        return {
          ...NOTHING,
          also: {
            'a strange authority is named': await failsWith(
              stage,
              `url: "${url}", ca_file: ${files.strangeAuthority}`,
              'unknown authority',
            ),
            'no authority is named': await failsWith(stage, `url: "${url}"`, 'unknown authority'),
            'credentials are named': await failsWith(
              stage,
              `url: "${url}", ca_file: ${files.authority}`,
              'does not accept the credentials',
            ),
          },
        };
      } finally {
        server.closeAllConnections();
        server.close();
      }
    },
  },
];

/** The workload's rules and one more, other each time, that nothing matches. */
function withRule(number: number): string {
  return `${RULES}---
title: Nothing ${String(number)}
id: 0a2ad1f6-3b1c-4a53-8a38-0d2ad7cf3aff
logsource: { product: windows, category: process_creation }
detection:
  nothing: { Image|endswith: '\\nothing-${String(number)}.exe' }
  condition: nothing
level: low
`;
}

/** True if a run with such a primary sink ends with this reason. */
async function failsWith(stage: Stage, settings: string, reason: string): Promise<boolean> {
  const file = join(stage.folder, 'events.ndjson');
  writeFileSync(file, `${linesOf(launches('tls', 500)).join('\n')}\n`);
  const config = configure(stage.folder, {
    source: `{ kind: file, paths: [${file}] }`,
    primary: `{ kind: elasticsearch, ${settings} }`,
  });
  await using instance = new Instance(config);
  const code = await instance.end(60_000);
  return code === 1 && instance.log.includes(reason);
}
