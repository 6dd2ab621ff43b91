import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { createAutoDecoder } from '../../../src/decoders/index.ts';
import { createKafkajs } from '../../../src/kafka/kafkajs.ts';
import { ndjson, launch, tidegate } from '../../cli/command.ts';
import { sharedKafka, uniqueName } from '../services/shared.ts';

const DAY = resolve(import.meta.dirname, '../../../fixtures/scenarios/developer-day.ndjson.gz');

interface Message {
  readonly partition: number;
  readonly key: string | undefined;
  readonly value: string;
}

interface Summary {
  readonly records: number;
  readonly partitions: Readonly<Record<string, number>>;
}

/** Reads so many messages of a topic from its beginning. */
async function readAll(
  brokers: readonly string[],
  topic: string,
  count: number,
): Promise<readonly Message[]> {
  const consumer = createKafkajs({ brokers, clientId: 'test' }).consumer({
    groupId: uniqueName('reader'),
  });
  const found: Message[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((done, reject) => {
    consumer
      .run({
        eachMessage: ({ partition, message }) => {
          const { key, value } = message;
          found.push({ partition, key: key?.toString(), value: value?.toString() ?? '' });
          if (found.length === count) done();
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return found;
}

describe('integration: tidegate replay to Kafka', () => {
  let brokers: readonly string[] = [];
  let folder = '';
  before(async function () {
    brokers = await sharedKafka(this);
    folder = mkdtempSync(join(tmpdir(), 'tidegate-replay-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const replay = (
    topic: string,
    file: string,
    ...more: readonly string[]
  ): ReturnType<typeof tidegate> => {
    const target = ['--to', 'kafka', '--brokers', brokers.join(','), '--topic', topic];
    return tidegate(['replay', file, ...target, '--json', ...more]);
  };

  it('delivers a day with its bytes unchanged, the order of each host kept, hosts by murmur2', async () => {
    const topic = uniqueName('day');
    const done = await replay(topic, DAY, '--partitions', '4', '--compression', 'lz4');
    expect(done.code, done.stderr).to.equal(0);
    const lines = gunzipSync(readFileSync(DAY)).toString().trimEnd().split('\n');
    const [summary] = ndjson(done.stdout) as readonly Summary[];
    expect(summary?.records).to.equal(lines.length);
    const found = await readAll(brokers, topic, lines.length);
    const counts: Record<string, number> = { '0': 0, '1': 0, '2': 0, '3': 0 };
    for (const { partition } of found) counts[partition] = (counts[partition] ?? 0) + 1;
    expect(summary?.partitions).to.deep.equal(counts);
    const sent = byHost(lines.map((value) => ({ key: hostOf(value), value })));
    const read = byHost(found);
    expect([...read.keys()]).to.have.members([...sent.keys()]);
    for (const [host, values] of sent) {
      expect(read.get(host)?.join('\n') === values.join('\n'), host).to.equal(true);
    }
    // A host has one partition.
    const places = new Set(found.map(({ key, partition }) => `${key} ${partition}`));
    expect(places.size).to.equal(sent.size);
  });

  it('keeps a file together, or spreads records over partitions in turn', async () => {
    const file = join(folder, 'launches.ndjson');
    const launches = [1, 2, 3, 4, 5, 6].map((second) => launch({ second, image: 'C:\\a.exe' }));
    writeFileSync(file, launches.join('\n'));
    for (const [by, key, counts] of [
      ['file', file, [6, 0, 0]],
      ['none', undefined, [2, 2, 2]],
    ] as const) {
      const topic = uniqueName(by);
      const done = await replay(topic, file, '--partitions', '3', '--partition-by', by);
      const [summary] = ndjson(done.stdout) as readonly Summary[];
      const sorted = Object.values(summary?.partitions ?? {}).sort((a, b) => b - a);
      expect(sorted).to.deep.equal(counts);
      const found = await readAll(brokers, topic, 6);
      expect(new Set(found.map((message) => message.key))).to.deep.equal(new Set([key]));
    }
  });

  it('makes no topic unless it is told to, and does not change one', async () => {
    const file = join(folder, 'one.ndjson');
    writeFileSync(file, launch({ second: 1, image: 'C:\\a.exe' }));
    const topic = uniqueName('missing');
    const missing = await replay(topic, file);
    expect(missing.code).to.equal(1);
    expect(missing.stderr).to.contain(`there is no topic ${topic}; --partitions N makes one`);
    expect((await replay(topic, file, '--partitions', '2')).code).to.equal(0);
    expect((await replay(topic, file)).code).to.equal(0);
    const other = await replay(topic, file, '--partitions', '3');
    expect(other.stderr).to.contain(`topic ${topic} has 2 partitions, not 3`);
    expect(other.code).to.equal(1);
  });
});

const decoder = createAutoDecoder();

function hostOf(line: string): string | undefined {
  let host: string | undefined;
  const position = { source: 'test', partition: 0, offset: 0 };
  decoder.decode({ payload: Buffer.from(line), position }, (event) => {
    host ??= event.host;
  });
  return host;
}

function byHost(
  messages: readonly { readonly key: string | undefined; readonly value: string }[],
): Map<string | undefined, string[]> {
  const hosts = new Map<string | undefined, string[]>();
  for (const { key, value } of messages) {
    const values = hosts.get(key);
    if (values === undefined) hosts.set(key, [value]);
    else values.push(value);
  }
  return hosts;
}
