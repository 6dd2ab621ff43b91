import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readKafkaDeadLetter } from '../../../src/sinks/kafka/dead-letter.ts';
import { openKafkaProducer } from '../../../src/kafka/producer.ts';
import { openKafkaTopics } from '../../../src/kafka/topics.ts';
import { configure, Instance, runToEnd, until } from '../../chaos/instance.ts';
import { alertsIn } from '../../chaos/verdict.ts';
import { launches } from '../../chaos/workload.ts';
import { tidegate } from '../../cli/command.ts';
import { sharedElasticsearch, sharedKafka, uniqueName } from '../services/shared.ts';

const LAUNCHES = launches('elasticsearch', 2_000);

describe('integration: Kafka in, Elasticsearch out', () => {
  let brokers: readonly string[] = [];
  let url = '';
  let folder = '';
  before(async function () {
    brokers = await sharedKafka(this);
    url = await sharedElasticsearch(this);
    folder = mkdtempSync(join(tmpdir(), 'tidegate-whole-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('set up and run by one file: every alert of a run over a file is there, what is refused is in a topic', async () => {
    const [alone, shared] = [join(folder, 'alone'), join(folder, 'shared')];
    for (const place of [alone, shared]) mkdirSync(place);
    const events = join(alone, 'events.ndjson');
    writeFileSync(events, `${LAUNCHES.map(({ line }) => line).join('\n')}\n`);
    await runToEnd(configure(alone, { source: `{ kind: file, paths: [${events}] }` }));
    const expected = alertsIn(alone, 'counts');

    const topic = uniqueName('whole');
    const letters = `${topic}-letters`;
    await using topics = openKafkaTopics({ brokers, clientId: 'test' });
    await topics.create([
      { name: topic, partitions: 3 },
      { name: letters, partitions: 1 },
    ]);
    const names = `brokers: [${brokers.map((broker) => `"${broker}"`).join(', ')}]`;
    const config = configure(shared, {
      source: `{ kind: kafka, ${names}, group: ${topic}, topics: [${topic}] }`,
      primary: `{ kind: elasticsearch, url: "${url}" }`,
      more: `dead_letter: { ${names}, topic: ${letters} }\n`,
    });
    const setup = await tidegate(['setup', 'elasticsearch', '-c', config]);
    expect(setup.code, setup.stderr).to.equal(0);
    const doctor = await tidegate(['doctor', '-c', config]);
    expect(doctor.code, doctor.stdout).to.equal(0);
    expect(doctor.stdout).to.match(/^ok .*primary: /m);

    await using producer = openKafkaProducer({ connection: { brokers, clientId: 'test' } });
    await producer.send(topic, [
      { key: 'x', value: '{"broken' },
      ...LAUNCHES.map(({ host, line }) => ({ key: host, value: line })),
    ]);
    await using instance = new Instance(config);
    await until(async () => (await idsIn(url, expected)).size === expected.size, 120_000);
    expect(await instance.kill('SIGTERM')).to.equal(0);
    expect(await idsIn(url, expected)).to.deep.equal(
      new Map([...expected].map(([id, counts]) => [id, (JSON.parse(counts) as number[])[0]])),
    );
    const refused: (string | undefined)[] = [];
    for await (const { letter } of readKafkaDeadLetter({ brokers, topic: letters })) {
      refused.push(letter?.reason);
    }
    expect(refused).to.deep.equal(['invalid_json']);
  }).timeout(300_000);
});

/** The final counts of those alerts that are in the cluster, by id. */
async function idsIn(
  url: string,
  expected: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, number>> {
  await fetch(`${url}/_refresh`, { method: 'POST' });
  const response = await fetch(`${url}/tidegate-alert-state/_search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ size: 10_000, query: { match_all: {} }, version: true }),
  });
  const { hits } = (await response.json()) as {
    readonly hits?: {
      readonly hits: readonly { readonly _id: string; readonly _version: number }[];
    };
  };
  return new Map(
    (hits?.hits ?? [])
      .filter(({ _id }) => expected.has(_id))
      .map(({ _id, _version }) => [_id, _version]),
  );
}
