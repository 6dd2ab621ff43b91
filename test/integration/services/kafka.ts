import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { createKafkajs } from '../../../src/kafka/kafkajs.ts';
import { fetchJars } from './artifacts.ts';
import { makeCertificates, type TlsFiles } from './certificates.ts';
import { chooseEngine, containerArguments } from './engine.ts';
import { dataFolder, removeFolder } from './folder.ts';
import { findJdk } from './java.ts';
import {
  KAFKA_PASSWORD,
  KAFKA_USER,
  brokerProperties,
  type BrokerLayout,
  type ListenerName,
} from './kafka-configuration.ts';
import { LOOPBACK, freePorts, isListening } from './ports.ts';
import { ServerProcess } from './server-process.ts';
import { ToxicProxy } from './toxic-proxy.ts';

const VERSION = '4.1.0';
const LOG4J = '2.25.1';
const run = promisify(execFile);

export interface KafkaOptions {
  /** One, or three that elect leaders among themselves. */
  readonly brokers?: 1 | 3;
  /** Also listen with SASL (PLAIN, SCRAM, OAUTHBEARER), with TLS, and with client certificates. */
  readonly isSecured?: boolean;
  /** Clients reach each broker through a proxy of its own. */
  readonly isProxied?: boolean;
}

/** A running Kafka. */
export interface KafkaCluster extends AsyncDisposable {
  /** Addresses (`host:port`) of the plain listener, of one broker after the other. */
  readonly bootstrap: readonly string[];
  /** The same of a secured listener. */
  addressesOf(listener: ListenerName): readonly string[];
  /** In the order of their ids, which begin at 1. */
  readonly brokers: readonly ServerProcess[];
  /** The proxy before each broker; empty unless asked for. */
  readonly proxies: readonly ToxicProxy[];
  readonly tls: TlsFiles | undefined;
  readonly folder: string;
}

/** Starts a real Kafka in a folder of its own, and returns when every broker answers. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaCluster> {
  const { brokers: count = 1, isSecured = false, isProxied = false } = options;
  const java = await prepareJava();
  const folder = await dataFolder('kafka');
  const tls = isSecured ? await makeCertificates(folder) : undefined;
  const layouts = await layOut(folder, count, isProxied);
  const cluster = randomBytes(16).toString('base64url');
  const brokers: ServerProcess[] = [];
  for (const layout of layouts) {
    const properties = join(layout.folder, 'server.properties');
    await mkdir(layout.folder);
    await writeFile(properties, brokerProperties(layout, { brokers: layouts, tls }));
    await format({ java, properties, cluster, isSecured });
    brokers.push(brokerProcess(java, layout, properties));
  }
  const proxies = isProxied ? await Promise.all(layouts.map(proxyOf)) : [];
  for (const broker of brokers) broker.launch();
  try {
    await Promise.all(brokers.map((broker) => broker.ready()));
  } catch (error) {
    await Promise.all(brokers.map((broker) => broker.kill()));
    throw error;
  }
  return {
    bootstrap: layouts.map(({ advertisedPort }) => `${LOOPBACK}:${advertisedPort}`),
    addressesOf: (listener) => layouts.map(({ ports }) => `${LOOPBACK}:${ports[listener]}`),
    brokers,
    proxies,
    tls,
    folder,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(brokers.map((broker) => broker.stop()));
      await Promise.all(proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
      await removeFolder(folder);
    },
  };
}

/** How Kafka's classes are run: the JVM's command, or a container's. */
interface Java {
  readonly command: string;
  args(name: string, folder: string, args: readonly string[]): readonly string[];
  container(name: string): string | undefined;
}

async function prepareJava(): Promise<Java> {
  if ((await chooseEngine()) === 'docker') {
    const prefix = `tidegate-${process.pid}-${randomBytes(3).toString('hex')}`;
    const image = `apache/kafka:${VERSION}`;
    const container = (name: string): string => `${prefix}-${name}`;
    const args = (name: string, folder: string, rest: readonly string[]): readonly string[] =>
      containerArguments({
        name: container(name),
        image,
        folder,
        entrypoint: 'java',
        args: ['-cp', '/opt/kafka/libs/*', ...rest],
      });
    return { command: 'docker', args, container };
  }
  const jdk = findJdk(17);
  const jars = await fetchJars(`kafka-${VERSION}`, [
    `org.apache.kafka:kafka_2.13:${VERSION}`,
    `org.apache.logging.log4j:log4j-slf4j-impl:${LOG4J}`,
    `org.apache.logging.log4j:log4j-core:${LOG4J}`,
  ]);
  return {
    command: join(jdk.home, 'bin/java'),
    args: (_name, _folder, args) => ['-cp', `${jars}/*`, ...args],
    container: () => undefined,
  };
}

async function layOut(folder: string, count: number, isProxied: boolean): Promise<BrokerLayout[]> {
  const each = 7;
  const ports = await freePorts(count * each);
  return Array.from({ length: count }, (_, index) => {
    const take = (place: number): number => ports[index * each + place] ?? 0;
    return {
      id: index + 1,
      folder: join(folder, `broker-${index + 1}`),
      controllerPort: take(0),
      innerPort: take(1),
      ports: { plaintext: take(2), sasl: take(3), tls: take(4), mtls: take(5) },
      advertisedPort: isProxied ? take(6) : take(2),
    };
  });
}

function proxyOf({ advertisedPort, ports }: BrokerLayout): Promise<ToxicProxy> {
  return ToxicProxy.open({ port: advertisedPort, targetPort: ports.plaintext });
}

async function format(options: {
  readonly java: Java;
  readonly properties: string;
  readonly cluster: string;
  readonly isSecured: boolean;
}): Promise<void> {
  const { java, properties, cluster, isSecured } = options;
  const users = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${KAFKA_USER},password=${KAFKA_PASSWORD}]`,
  ]);
  const tool = ['kafka.tools.StorageTool', 'format', '-t', cluster, '-c', properties];
  const args = [...tool, ...(isSecured ? users : [])];
  await run(java.command, java.args('format', join(properties, '../..'), args));
}

function brokerProcess(java: Java, layout: BrokerLayout, properties: string): ServerProcess {
  const { id, folder, ports } = layout;
  // The first compiler alone: a test's broker lives for seconds.
  const flags = ['-Xms128m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  const container = java.container(`broker-${id}`);
  return new ServerProcess({
    name: `kafka broker ${id}`,
    command: java.command,
    args: java.args(`broker-${id}`, join(folder, '..'), [...flags, 'kafka.Kafka', properties]),
    log: join(folder, 'broker.log'),
    isReady: async () => (await isListening(ports.plaintext)) && isMember(id, ports.plaintext),
    ...(container === undefined ? {} : { container }),
  });
}

/** True if the broker answers and counts itself among the brokers of its cluster. */
async function isMember(id: number, port: number): Promise<boolean> {
  const brokers = [`${LOOPBACK}:${port}`];
  const admin = createKafkajs({ brokers, clientId: 'test' }, 0).admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    return cluster.brokers.some(({ nodeId }) => nodeId === id);
  } catch {
    return false;
  } finally {
    await admin.disconnect();
  }
}
