import { expect } from 'chai';
import { readTopic } from '../../../src/kafka/follow.ts';
import { openKafkaTopics } from '../../../src/kafka/topics.ts';
import { openDeadLetter, readDeadLetter } from '../../../src/sinks/dead-letter.ts';
import { openKafkaDeadLetter } from '../../../src/sinks/kafka/dead-letter.ts';
import { checkKafkaSink, openKafkaSink } from '../../../src/sinks/kafka/sink.ts';
import { readLetter } from '../../../src/sinks/letter.ts';
import { describeAlertLog } from '../../conformance/alert-log.ts';
import { describeSink, expectFailure, inFolder } from '../../conformance/sinks.ts';
import { launch, tidegate } from '../../cli/command.ts';
import { sharedKafka, uniqueName } from '../../integration/services/shared.ts';
import { sampleAlert } from '../sample-alert.ts';

let brokers: readonly string[];
before(async function () {
  brokers = await sharedKafka(this);
});

const topics = new Map<string, string>();

/** The topic of a test, made when it is first asked for. */
async function topicOf(folder: string): Promise<string> {
  const known = topics.get(folder);
  if (known !== undefined) return known;
  const topic = uniqueName('alerts');
  topics.set(folder, topic);
  await create(topic, `${topic}-state`);
  return topic;
}

async function create(...names: readonly string[]): Promise<void> {
  await using admin = openKafkaTopics({ brokers, clientId: 'test' });
  await admin.create(names.map((name) => ({ name, partitions: 1 })));
}

/** Everything in a topic, key and text. */
async function messagesIn(topic: string): Promise<readonly (readonly [string, string])[]> {
  const found: (readonly [string, string])[] = [];
  for await (const { key, value } of readTopic({ brokers, clientId: 'test' }, topic)) {
    found.push([Buffer.from(key ?? []).toString(), Buffer.from(value ?? []).toString()]);
  }
  return found;
}

describeSink({
  name: 'kafka',
  keepsStates: true,
  open: async (folder) => openKafkaSink({ brokers, topic: await topicOf(folder) }),
  // A consumer knows an alert again by its key.
  content: async (folder) => {
    const first = new Map<string, unknown>();
    for (const [key, value] of await messagesIn(await topicOf(folder))) {
      if (!first.has(key)) first.set(key, JSON.parse(value));
    }
    return [...first];
  },
});

describeAlertLog({
  name: 'kafka',
  keepsEveryState: true,
  open: async (folder) => openKafkaSink({ brokers, topic: await topicOf(folder) }),
});

describe('the Kafka sink', () => {
  it('writes an alert that is too large in reduced form, and keeps the original', () =>
    inFolder(async (folder) => {
      const topic = await topicOf(folder);
      const path = `${folder}/dead.ndjson`;
      await using deadLetter = openDeadLetter({ path });
      await using sink = openKafkaSink({ brokers, topic }, { deadLetter });
      const alert = sampleAlert(1);
      const document = { ...alert.document, note: '\u0001"\u00e9'.repeat(400_000) };
      const receipt = await sink.write([{ ...alert, document }, sampleAlert(2)]);
      expect(receipt).to.include({ created: 2, reduced: 1 });
      const [first, second] = await messagesIn(topic);
      expect(JSON.parse(first?.[1] ?? '').event).to.include({ kind: 'alert', id: alert.id });
      expect(second?.[0]).to.equal(sampleAlert(2).id);
      const letters: unknown[] = [];
      for await (const letter of readDeadLetter(path)) letters.push(letter?.reason);
      expect(letters).to.deep.equal(['document_refused']);
    }));

  it('says which topic is missing', async () => {
    const topic = uniqueName('missing');
    const findings = await checkKafkaSink({ brokers, topic });
    expect(findings.map(({ isOk }) => isOk)).to.deep.equal([true, false, false]);
    await create(topic, `${topic}-state`);
    const now = await checkKafkaSink({ brokers, topic });
    expect(now.map(({ isOk }) => isOk)).to.deep.equal([true, true, true]);
  });

  it('says that no broker answers', async () => {
    await using sink = openKafkaSink({ brokers: ['127.0.0.1:1'], topic: 'alerts' });
    await expectFailure(() => sink.write([sampleAlert(1)]), 'peer_unreachable');
  });
});

describe('the dead letter in Kafka', () => {
  it('keeps what was refused with its bytes, in the form of the file', async () => {
    const topic = uniqueName('dead');
    await create(topic);
    {
      await using letters = openKafkaDeadLetter({ brokers, topic }, () => 0);
      const position = { source: 'telemetry', partition: 3, offset: 7 };
      const payload = Buffer.from([0xff, 0x00]);
      letters.add({ payload, position }, { reason: 'invalid_utf8', detail: '2 bytes' });
      await Promise.all([letters.flush(), letters.flush()]);
      const huge = { payload: Buffer.alloc(2_000_000, 0x61), position };
      letters.add(huge, { reason: 'too_large', detail: '' });
      expect(letters.count).to.equal(2);
    }
    // Flushed twice at the same time, written once.
    const messages = await messagesIn(topic);
    expect(messages.map(([key]) => key)).to.deep.equal(['telemetry/3', 'telemetry/3']);
    const [first, second] = messages.map(([, value]) => readLetter(value));
    expect(first).to.deep.include({ reason: 'invalid_utf8', payload: Buffer.from([0xff, 0x00]) });
    expect(second).to.include({ payloadLength: 2_000_000 });
    expect(second?.payload?.length).to.equal(600_000);
  });
});

describe('tidegate dead-letter --topic', () => {
  it('lists, shows and replays what is in Kafka', async () => {
    const topic = uniqueName('dead');
    await create(topic);
    const understood = launch({ second: 1, image: 'C:\\tool.exe' });
    {
      await using letters = openKafkaDeadLetter({ brokers, topic });
      for (const [offset, text] of ['no record', understood].entries()) {
        const position = { source: 'telemetry', partition: 0, offset };
        letters.add(
          { payload: Buffer.from(text), position },
          { reason: 'unknown_format', detail: '' },
        );
      }
    }
    const place = ['--topic', topic, '--brokers', brokers.join(',')];
    const list = await tidegate(['dead-letter', 'list', '--json', ...place]);
    const ids = JSON.parse(list.stdout).letters.map((letter: object) => Object(letter).id);
    expect(ids, list.stderr).to.deep.equal(['0/0', '0/1']);
    const show = await tidegate(['dead-letter', 'show', '0/0', '--raw', ...place]);
    expect(show.stdout).to.equal('no record');
    const replay = await tidegate(['dead-letter', 'replay', ...place]);
    expect(replay.stdout).to.equal(`${understood}\n`);
    expect(replay.stderr).to.include('1 record written, 1 record still not understood');
  });
});
