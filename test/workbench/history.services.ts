import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openKafkaProducer } from '../../src/kafka/producer.ts';
import { openKafkaTopics } from '../../src/kafka/topics.ts';
import { BURST, launch, tidegate } from '../cli/command.ts';
import { sharedElasticsearch, sharedKafka, uniqueName } from '../integration/services/shared.ts';

const LINES = [1, 2, 3, 31, 32, 33].map((second) => launch({ second, image: 'C:\\tool.exe' }));

interface Told {
  readonly period: { readonly events: number };
  readonly rules: readonly { readonly alerts: number }[];
}

describe('integration: backtest over history', function () {
  this.timeout(240_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-history-'));
    writeFileSync(join(folder, 'burst.yml'), BURST);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function backtest(...args: string[]): Promise<Told> {
    const call = ['backtest', 'burst.yml', ...args, '--json'];
    const { stdout, stderr } = await tidegate(call, { cwd: folder });
    expect(stderr).to.equal('');
    return JSON.parse(stdout) as Told;
  }

  it('reads the partitions of a topic to their present end, merged by time', async function () {
    const brokers = await sharedKafka(this);
    const connection = { brokers, clientId: 'test' };
    const topic = uniqueName('history');
    await using topics = openKafkaTopics(connection);
    await topics.create([{ name: topic, partitions: 2 }]);
    await using producer = openKafkaProducer({ connection });
    const records = LINES.map((value, index) => ({ key: 'h', value, partition: index % 2 }));
    await producer.send(topic, records);
    const place = ['--over', 'kafka', '--brokers', brokers.join(','), '--topic', topic];
    const all = await backtest(...place);
    expect(all.period.events).to.equal(6);
    expect(all.rules[0]?.alerts).to.equal(2);
    const late = await backtest(...place, '--to', '2026-03-03T10:00:30');
    expect(late.rules[0]?.alerts).to.equal(1);
  });

  it('reads the documents of indices in order of time', async function () {
    const url = await sharedElasticsearch(this);
    const index = uniqueName('history');
    const body = LINES.toReversed().flatMap((line, at) => {
      const second = [33, 32, 31, 3, 2, 1][at] ?? 0;
      const time = `2026-03-03T10:00:${String(second).padStart(2, '0')}.000Z`;
      const document = { ...(JSON.parse(line) as object), '@timestamp': time };
      return [JSON.stringify({ index: { _index: index } }), JSON.stringify(document)];
    });
    const answer = await fetch(`${url}/_bulk?refresh=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: `${body.join('\n')}\n`,
    });
    expect(answer.status).to.equal(200);
    const place = ['--over', 'elasticsearch', '--url', url, '--index', index];
    const all = await backtest(...place);
    expect(all.period.events).to.equal(6);
    expect(all.rules[0]?.alerts).to.equal(2);
    const early = await backtest(...place, '--from', '2026-03-03T10:00:30');
    expect(early.period.events).to.equal(3);
  });
});
