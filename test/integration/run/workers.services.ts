import { expect } from 'chai';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openKafkaProducer } from '../../../src/kafka/producer.ts';
import { openKafkaTopics } from '../../../src/kafka/topics.ts';
import { configure, Instance, pause, runToEnd, until } from '../../chaos/instance.ts';
import { alertsIn, compare } from '../../chaos/verdict.ts';
import { launches } from '../../chaos/workload.ts';
import { isShort, sharedKafka, uniqueName } from '../services/shared.ts';

const LAUNCHES = launches('workers', 6_000);
const HALF = LAUNCHES.length / 2;

/** Workers that have begun a task. */
function beganBy(log: string): ReadonlySet<string> {
  return new Set(
    log
      .split('\n')
      .filter((line) => line.includes('task begins'))
      .map((line) => String((JSON.parse(line) as { readonly worker?: number }).worker)),
  );
}

describe('integration: tidegate run --workers', () => {
  let brokers: readonly string[] = [];
  let folder = '';
  before(async function () {
    brokers = await sharedKafka(this);
    folder = mkdtempSync(join(tmpdir(), 'tidegate-workers-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function produce(topic: string, part: typeof LAUNCHES): Promise<void> {
    await using producer = openKafkaProducer({ connection: { brokers, clientId: 'test' } });
    await producer.send(
      topic,
      part.map(({ host, line }) => ({ key: host, value: line })),
    );
  }

  it('three workers, one of them killed: the alerts of an uninterrupted run, and one orderly end', async () => {
    const alone = join(folder, 'alone');
    const shared = join(folder, 'shared');
    for (const place of [alone, shared]) mkdirSync(place);
    const events = join(alone, 'events.ndjson');
    writeFileSync(events, `${LAUNCHES.map(({ line }) => line).join('\n')}\n`);
    await runToEnd(configure(alone, { source: `{ kind: file, paths: [${events}] }` }));
    const expected = alertsIn(alone, 'counts');
    expect(expected.size).to.be.greaterThan(100);

    const topic = uniqueName('workers');
    await using topics = openKafkaTopics({ brokers, clientId: 'test' });
    await topics.create([{ name: topic, partitions: 6 }]);
    const names = brokers.map((broker) => `"${broker}"`).join(', ');
    const config = configure(shared, {
      source: `{ kind: kafka, name: telemetry, brokers: [${names}], group: ${topic}, topics: [${topic}] }`,
    });
    const port = 20_000 + (process.pid % 20_000);
    const listening = join(shared, 'listening.yml');
    writeFileSync(
      listening,
      readFileSync(config, 'utf8').replace('"off"', `127.0.0.1:${String(port)}`),
    );
    const get = async (path: string): Promise<string> =>
      (await fetch(`http://127.0.0.1:${String(port)}${path}`)).text();
    await using instance = new Instance(listening, ['--workers', '3']);
    await produce(topic, LAUNCHES.slice(0, HALF));
    await until(() => beganBy(instance.log).size === 3, 90_000);
    for (let tries = 0; (await get('/readyz')) !== 'ready\n' && tries < 200; tries++) {
      await pause(100);
    }
    expect(await get('/readyz')).to.equal('ready\n');

    const [, pid] = /"worker":2,"pid":(\d+)/.exec(instance.log) ?? [];
    // Kafka waits for the session of whoever said nothing: half a minute that the short form saves.
    if (!isShort) process.kill(Number(pid), 'SIGKILL');
    await produce(topic, LAUNCHES.slice(HALF));
    await until(() => compare(expected, alertsIn(shared, 'counts')).missing === 0, 90_000);
    const { missing, extra } = compare(expected, alertsIn(shared, 'counts'));
    expect({ missing, extra }).to.deep.equal({ missing: 0, extra: 0 });
    expect(await get('/metrics')).to.match(/^tidegate_records_total \d{4,}$/m);
    expect(await instance.kill('SIGTERM')).to.equal(0);
    expect(instance.log).to.contain('all workers have stopped in order');
  });
});
