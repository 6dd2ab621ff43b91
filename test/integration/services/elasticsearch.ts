import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { fetchJars } from './artifacts.ts';
import { chooseEngine, containerArguments } from './engine.ts';
import { dataFolder, removeFolder } from './folder.ts';
import { findJdk } from './java.ts';
import { LOOPBACK, freePorts } from './ports.ts';
import { ServerProcess, type ServerCommand } from './server-process.ts';
import { ToxicProxy } from './toxic-proxy.ts';

const VERSION = '9.2.0';

export interface ElasticsearchOptions {
  /** Clients reach it through a proxy. */
  readonly isProxied?: boolean;
  /** Node settings beside our own, e.g. `indexing_pressure.memory.limit`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A running Elasticsearch. */
export interface Elasticsearch extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, of the proxy if there is one. */
  readonly url: string;
  readonly server: ServerProcess;
  readonly proxy: ToxicProxy | undefined;
  readonly folder: string;
  /**
   * True where it is the complete distribution. The jars of Maven Central have the core alone: no
   * life cycles, no security, no scripts, not all field types.
   */
  readonly isComplete: boolean;
}

/** Starts a real Elasticsearch of one node, and returns when it is healthy. */
export async function startElasticsearch(
  options: ElasticsearchOptions = {},
): Promise<Elasticsearch> {
  const { isProxied = false, settings = {} } = options;
  const engine = await chooseEngine();
  const command = engine === 'docker' ? containerCommand : jvmCommand;
  const folder = await dataFolder('elasticsearch');
  const [http = 0, transport = 0, proxyPort = 0] = await freePorts(3);
  const url = `http://${LOOPBACK}:${http}`;
  const server = new ServerProcess({
    name: 'elasticsearch',
    log: join(folder, 'server.log'),
    isReady: () => isHealthy(url),
    ...(await command(folder, { http, transport, settings })),
  });
  await server.start().catch(async (error: unknown) => {
    await server.kill();
    throw error;
  });
  const proxy = isProxied
    ? await ToxicProxy.open({ port: proxyPort, targetPort: http })
    : undefined;
  return {
    url: proxy === undefined ? url : `http://${LOOPBACK}:${proxy.port}`,
    server,
    proxy,
    folder,
    isComplete: engine === 'docker',
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await proxy?.[Symbol.asyncDispose]();
      await removeFolder(folder);
    },
  };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`);
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

interface NodeOptions {
  readonly http: number;
  readonly transport: number;
  readonly settings: Readonly<Record<string, string>>;
}
type Command = Pick<ServerCommand, 'command' | 'args' | 'container' | 'env'>;

function containerCommand(folder: string, options: NodeOptions): Promise<Command> {
  const container = `tidegate-${process.pid}-${randomBytes(3).toString('hex')}-elasticsearch`;
  const args = containerArguments({
    name: container,
    image: `docker.elastic.co/elasticsearch/elasticsearch:${VERSION}`,
    folder,
    env: {
      'discovery.type': 'single-node',
      'network.host': LOOPBACK,
      'http.port': String(options.http),
      'transport.port': String(options.transport),
      'path.data': join(folder, 'data'),
      'xpack.security.enabled': 'false',
      ES_JAVA_OPTS: '-Xms512m -Xmx1g',
      ...options.settings,
    },
    args: [],
  });
  return Promise.resolve({ command: 'docker', args, container });
}

async function jvmCommand(folder: string, options: NodeOptions): Promise<Command> {
  const { http, transport, settings } = options;
  const jdk = findJdk(21);
  const jars = await fetchJars(`elasticsearch-${VERSION}`, [
    `org.elasticsearch:elasticsearch:${VERSION}`,
    `org.elasticsearch.plugin:transport-netty4:${VERSION}`,
  ]);
  await layOutHome(folder, jars);
  const flags = ['-Xms256m', '-Xmx1g', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  return {
    command: join(jdk.home, 'bin/java'),
    args: [
      ...flags,
      '--add-opens=java.base/java.nio.channels=ALL-UNNAMED',
      `-Djava.io.tmpdir=${join(folder, 'tmp')}`,
      ...['-cp', `${join(folder, 'lib')}/*`, join(folder, 'Launcher.java')],
      ...[folder, String(http), String(transport)],
      ...Object.entries(settings).map(([key, value]) => `${key}=${value}`),
    ],
  };
}

/** The folders that a node expects. Each jar once: there is a check for jars that stand twice. */
async function layOutHome(folder: string, jars: string): Promise<void> {
  const transport = join(folder, 'modules/transport-netty4');
  for (const name of ['lib', 'config', 'data', 'logs', 'plugins', 'tmp']) {
    await mkdir(join(folder, name), { recursive: true });
  }
  await mkdir(transport, { recursive: true });
  for (const jar of await readdir(jars)) {
    const isTransport = jar.startsWith('netty-') || jar.startsWith('transport-netty4-');
    await symlink(join(jars, jar), join(isTransport ? transport : join(folder, 'lib'), jar));
  }
  await copyFile(join(import.meta.dirname, 'Launcher.java'), join(folder, 'Launcher.java'));
  const descriptor = {
    description: 'Netty based transport',
    version: VERSION,
    name: 'transport-netty4',
    classname: 'org.elasticsearch.transport.netty4.Netty4Plugin',
    'java.version': '21',
    'elasticsearch.version': VERSION,
    'extended.plugins': '',
    'has.native.controller': 'false',
  };
  const lines = Object.entries(descriptor).map(([key, value]) => `${key}=${value}\n`);
  await writeFile(join(transport, 'plugin-descriptor.properties'), lines.join(''));
}
