import { expect } from 'chai';

import type { RawRecord } from '../../../src/event/record.ts';
import type { KafkaTopics, PartitionEnds } from '../../../src/kafka/topics.ts';
import type { GroupClient, TopicPartition } from '../../../src/sources/kafka/client.ts';
import { defaultKafkaLimits } from '../../../src/sources/kafka/options.ts';
import { Tasks } from '../../../src/sources/kafka/tasks.ts';
import type { Assignment, Input, SourceNotice } from '../../../src/sources/source.ts';

/** Remembers what it is told. */
class FakeClient implements GroupClient {
  readonly calls: string[] = [];
  readonly committed: object[] = [];
  start(): Promise<void> {
    return Promise.resolve();
  }
  seek({ topic, partition }: TopicPartition, offset: number): void {
    this.calls.push(`seek ${topic}/${partition} ${offset}`);
  }
  pause({ topic, partition }: TopicPartition): void {
    this.calls.push(`pause ${topic}/${partition}`);
  }
  resume({ topic, partition }: TopicPartition): void {
    this.calls.push(`resume ${topic}/${partition}`);
  }
  commit(offsets: readonly object[]): Promise<void> {
    this.committed.push(...offsets);
    return Promise.resolve();
  }
  rejoin(): void {
    this.calls.push('rejoin');
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Partitions that hold offsets 10 to 19. */
class FakeTopics implements Pick<KafkaTopics, 'ends' | 'offsetsAt'> {
  ends(): Promise<readonly PartitionEnds[]> {
    return Promise.resolve([0, 1, 2].map((partition) => ({ partition, first: 10, next: 20 })));
  }
  offsetsAt(): Promise<ReadonlyMap<number, number>> {
    return Promise.resolve(new Map([[0, 15]]));
  }
}

function setUp(limits: Partial<typeof defaultKafkaLimits> = {}): {
  readonly tasks: Tasks;
  readonly client: FakeClient;
  readonly given: Assignment[];
  readonly notices: SourceNotice[];
} {
  const [client, topics] = [new FakeClient(), new FakeTopics()];
  const given: Assignment[] = [];
  const notices: SourceNotice[] = [];
  const tasks = new Tasks({
    start: 'earliest',
    limits: { ...defaultKafkaLimits, ...limits },
    subscription: { keyed: ['a'], references: [{ name: 'r', partitions: 1 }], tasks: 3 },
    topics: topics as unknown as KafkaTopics,
    given: (task) => given.push(task),
    notify: (notice) => notices.push(notice),
  });
  tasks.use(client);
  return { tasks, client, given, notices };
}

function assigned(...partitions: readonly number[]): readonly TopicPartition[] {
  const keyed = partitions.map((partition) => ({ topic: 'a', partition }));
  return [...keyed, { topic: 'r', partition: 0 }];
}

function records(topic: string, from: number, next: number, bytes = 1): RawRecord[] {
  return Array.from({ length: next - from }, (_, index) => ({
    payload: Buffer.alloc(bytes),
    position: { source: topic, partition: 0, offset: from + index },
  }));
}

function piece(from: number, next: number, bytes = 1): Parameters<Tasks['deliver']>[0] {
  const place = { topic: 'a', partition: 0 };
  return { ...place, from, next, end: 20, records: records('a', from, next, bytes), isCut: false };
}

/** The input of the keyed topic of the first task, being read. */
async function reading(
  given: readonly Assignment[],
  from: Parameters<Input['batches']>[0],
): Promise<{ readonly input: Input; readonly next: () => Promise<unknown> }> {
  const input = given[0]?.inputs.find(({ source }) => source === 'a');
  if (input === undefined) throw new Error('no input');
  const iterator = input.batches(from)[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const result = await iterator.next();
    return result.done === true ? 'end' : result.value.map(({ position }) => position.offset);
  };
  return { input, next };
}

/** Lets everything that waits for nothing go on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('sources: kafka: tasks of a session', () => {
  it('come with their inputs, and claim what they hold', () => {
    const { tasks, given } = setUp();
    tasks.reconcile({ generation: 4, assigned: assigned(0, 2) });
    expect(given.map(({ task, generation }) => [task, generation])).to.deep.equal([
      [0, 4],
      [2, 4],
    ]);
    expect(given[1]?.inputs.map(({ source, partition, kind }) => [source, partition, kind])).to.eql(
      [
        ['a', 2, 'keyed'],
        ['r', 0, 'reference'],
      ],
    );
    expect(tasks.claims()).to.deep.equal({ generation: 4, tasks: [0, 2] });
  });

  it('stay in a round that leaves them here, and are claimed until they are released', () => {
    const { tasks, given, client } = setUp();
    tasks.reconcile({ generation: 1, assigned: assigned(0, 1) });
    tasks.reconcile({ generation: 2, assigned: assigned(0) });
    expect(given.map(({ revoked }) => revoked.reason as unknown)).to.deep.equal([
      undefined,
      'moving',
    ]);
    expect(tasks.claims()).to.deep.equal({ generation: 2, tasks: [0, 1] });
    expect(client.calls).not.to.include('rejoin');
    given[1]?.release();
    given[1]?.release();
    expect(tasks.claims().tasks).to.deep.equal([0]);
    expect(client.calls.filter((call) => call === 'rejoin')).to.have.length(1);
  });

  it('that come back before they were released are begun anew afterwards', () => {
    const { tasks, given } = setUp();
    tasks.reconcile({ generation: 1, assigned: assigned(0) });
    tasks.reconcile({ generation: 2, assigned: assigned() });
    tasks.reconcile({ generation: 3, assigned: assigned(0) });
    expect(given).to.have.length(1);
    given[0]?.release();
    expect(given.map(({ generation }) => generation)).to.deep.equal([1, 3]);
  });

  it('that are lost are not claimed, and commit nothing', async () => {
    const { tasks, given, client } = setUp();
    tasks.reconcile({ generation: 1, assigned: assigned(0) });
    await given[0]?.acknowledge([{ source: 'a', partition: 0, offset: 11 }]);
    tasks.lose();
    await given[0]?.acknowledge([{ source: 'a', partition: 0, offset: 12 }]);
    expect(client.committed).to.deep.equal([{ topic: 'a', partition: 0, next: 12 }]);
    expect(tasks.claims().tasks).to.deep.equal([]);
    given[0]?.release();
  });

  it('end when all are released, and none begins any more', async () => {
    const { tasks, given } = setUp();
    tasks.reconcile({ generation: 1, assigned: assigned(0, 1) });
    let isOver = false;
    const over = tasks.end('closed').then(() => (isOver = true));
    given[0]?.release();
    await settled();
    expect(isOver).to.equal(false);
    given[1]?.release();
    await over;
    expect(given.map(({ revoked }) => revoked.reason as unknown)).to.deep.equal([
      'closed',
      'closed',
    ]);
    expect(given).to.have.length(2);
  });

  const starts: readonly (readonly [string, Parameters<Input['batches']>[0], number, number])[] = [
    ['as configured', 'configured', 10, 0],
    ['at an offset', { offset: 13 }, 13, 0],
    ['at a time', { time: 1 }, 15, 0],
    ['behind what is gone, with a gap', { offset: 3 }, 10, 1],
    ['at the beginning of a topic that was made anew, with a gap', { offset: 99 }, 10, 1],
  ];
  for (const [name, from, offset, gaps] of starts) {
    it(`begin ${name}`, async () => {
      const { tasks, given, client, notices } = setUp();
      tasks.reconcile({ generation: 1, assigned: assigned(0) });
      const { next } = await reading(given, from);
      const first = next();
      await settled();
      expect(client.calls.slice(-2)).to.deep.equal([`seek a/0 ${offset}`, 'resume a/0']);
      expect(notices.filter(({ kind }) => kind === 'gap')).to.have.length(gaps);
      tasks.deliver(piece(offset, offset + 1));
      expect(await first).to.deep.equal([offset]);
      given[0]?.release();
      expect(await next()).to.equal('end');
    });
  }

  it('read ahead within a bound: above it the partition is paused, below half of it resumed', async () => {
    const { tasks, given, client } = setUp({ bufferBytesMax: 2000 });
    tasks.reconcile({ generation: 1, assigned: assigned(0) });
    const { next } = await reading(given, { offset: 10 });
    const first = next();
    await settled();
    tasks.deliver(piece(10, 11));
    expect(await first).to.deep.equal([10]);
    client.calls.length = 0;
    tasks.deliver(piece(11, 12, 900));
    tasks.deliver(piece(12, 13, 900));
    expect(client.calls).to.deep.equal(['pause a/0']);
    const [progress] = tasks.progress();
    expect(progress).to.include({ position: 11, end: 20, lag: 9, isPaused: true });
    expect(progress).to.include({ bufferedRecords: 2, bufferedBytes: 2200 });
    await next();
    expect(client.calls).to.deep.equal(['pause a/0']);
    await next();
    expect(client.calls).to.deep.equal(['pause a/0', 'resume a/0']);
    given[0]?.release();
  });

  it('count records that have no bytes', async () => {
    const { tasks, given, client } = setUp({ bufferBytesMax: 2000 });
    tasks.reconcile({ generation: 1, assigned: assigned(0) });
    const { next } = await reading(given, { offset: 10 });
    const first = next();
    await settled();
    tasks.deliver(piece(10, 20, 0));
    expect(client.calls.at(-1)).to.equal('pause a/0');
    await first;
    given[0]?.release();
  });

  it('hand over nothing any more when they are taken away', async () => {
    const { tasks, given } = setUp();
    tasks.reconcile({ generation: 1, assigned: assigned(0) });
    const { next } = await reading(given, { offset: 10 });
    const first = next();
    await settled();
    tasks.deliver(piece(10, 12));
    tasks.deliver(piece(12, 14));
    expect(await first).to.deep.equal([10, 11]);
    tasks.reconcile({ generation: 2, assigned: assigned() });
    expect(await next()).to.equal('end');
    given[0]?.release();
  });

  it('put a client back that has lost its place', async () => {
    const { tasks, given, client, notices } = setUp();
    tasks.reconcile({ generation: 1, assigned: assigned(0) });
    const { next } = await reading(given, { offset: 12 });
    const first = next();
    await settled();
    tasks.deliver(piece(16, 17));
    await settled();
    // It asked what is still there: nothing is gone.
    expect(client.calls.at(-2)).to.equal('seek a/0 12');
    expect(notices).to.deep.equal([]);
    tasks.deliver(piece(12, 13));
    expect(await first).to.deep.equal([12]);
    given[0]?.release();
  });
});
