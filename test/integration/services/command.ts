import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { cacheFolder } from './artifacts.ts';
import { startElasticsearch } from './elasticsearch.ts';
import { removeFolder } from './folder.ts';
import { startKafka } from './kafka.ts';
import { waitUntil } from './ports.ts';
import type { ServerProcess } from './server-process.ts';
import { ServicesUnavailable } from './unavailable.ts';

const HELP = `Kafka and Elasticsearch for development, on free ports of the loopback.

  npm run -s services -- start [--brokers 3] [--secure] [--kafka-only | --elasticsearch-only]
  npm run -s services -- status
  npm run -s services -- stop

'start' prints lines for your shell: eval "$(npm run -s services -- start)". The service tests then use
these servers instead of starting their own. Docker runs them where an engine answers, else JVMs do
(TIDEGATE_SERVICES=jvm|docker decides, TIDEGATE_JAVA_HOME names a JDK, TIDEGATE_SERVICES_CACHE the
folder of downloads).
`;

/** What is written down of a server that lives on after this command. */
interface Running {
  readonly name: string;
  readonly pids: readonly number[];
  readonly folder: string;
  /** The variable that the service tests read, and its value. */
  readonly variable: string;
  readonly address: string;
}

const noteFile = join(cacheFolder(), 'running.json');

function readNotes(): readonly Running[] {
  try {
    return JSON.parse(readFileSync(noteFile, 'utf8')) as readonly Running[];
  } catch {
    return [];
  }
}

// The process of that id may be another one by now: ours names its folder on its command line.
function isAlive(pid: number, folder: string): boolean {
  try {
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes(
      folder,
    );
  } catch {
    return false;
  }
}

function livingOf({ pids, folder }: Running): readonly number[] {
  return pids.filter((pid) => isAlive(pid, folder));
}

function noteOf(
  facts: Pick<Running, 'name' | 'folder' | 'variable' | 'address'>,
  servers: readonly ServerProcess[],
): Running {
  return { ...facts, pids: servers.map((server) => server.letGo() ?? 0) };
}

async function start(options: {
  readonly brokers: 1 | 3;
  readonly isSecured: boolean;
  readonly names: readonly string[];
}): Promise<void> {
  const running = readNotes().filter((note) => livingOf(note).length > 0);
  const isMissing = (name: string): boolean =>
    options.names.includes(name) && !running.some((note) => note.name === name);
  if (isMissing('kafka')) {
    const { bootstrap, brokers, folder } = await startKafka(options);
    const address = bootstrap.join(',');
    running.push(noteOf({ name: 'kafka', folder, variable: 'TIDEGATE_KAFKA', address }, brokers));
  }
  if (isMissing('elasticsearch')) {
    const { url, server, folder } = await startElasticsearch();
    const facts = { name: 'elasticsearch', folder, variable: 'TIDEGATE_ELASTICSEARCH' };
    running.push(noteOf({ ...facts, address: url }, [server]));
  }
  mkdirSync(cacheFolder(), { recursive: true });
  writeFileSync(noteFile, JSON.stringify(running));
  for (const note of running) process.stdout.write(`export ${note.variable}=${note.address}\n`);
}

async function stop(): Promise<void> {
  for (const note of readNotes()) {
    for (const pid of livingOf(note)) process.kill(pid, 'SIGTERM');
    const isGone = (): Promise<boolean> => Promise.resolve(livingOf(note).length === 0);
    await waitUntil(isGone, { what: `${note.name} stops`, limitMs: 30_000 });
    await removeFolder(note.folder);
    process.stdout.write(`${note.name} stopped\n`);
  }
  rmSync(noteFile, { force: true });
}

function status(): void {
  const notes = readNotes();
  for (const note of notes) {
    const state = livingOf(note).length === note.pids.length ? 'running' : 'not all running';
    process.stdout.write(`${note.name}: ${state} at ${note.address}, logs in ${note.folder}\n`);
  }
  if (notes.length === 0) process.stdout.write('nothing was started\n');
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      brokers: { type: 'string', default: '1' },
      secure: { type: 'boolean', default: false },
      'kafka-only': { type: 'boolean', default: false },
      'elasticsearch-only': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const names = ['kafka', 'elasticsearch'].filter(
    (name) =>
      !(name === 'kafka' && values['elasticsearch-only']) &&
      !(name === 'elasticsearch' && values['kafka-only']),
  );
  const [verb] = positionals;
  if (verb === 'start') {
    await start({ brokers: values.brokers === '3' ? 3 : 1, isSecured: values.secure, names });
  } else if (verb === 'stop') await stop();
  else if (verb === 'status') status();
  else {
    process.stdout.write(HELP);
    return values.help ? 0 : 2;
  }
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const isKnown = error instanceof ServicesUnavailable;
  process.stderr.write(`${isKnown ? `not available here: ${error.message}` : String(error)}\n`);
  process.exitCode = 1;
}
