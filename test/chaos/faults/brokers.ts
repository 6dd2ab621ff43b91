import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';

import { withAdmin } from '../../integration/kafka/admin.ts';
import { recordBatch } from '../../kafka/batches.ts';
import type { Fault } from '../fault.ts';
import { pause, until, type Instance } from '../instance.ts';
import { Scene } from '../scene.ts';
import { StatusPage } from '../status.ts';
import { BASE_TIME, launch } from '../workload.ts';

/** Longer than a member waits before it builds its client anew. */
const STALL_MS = 12_000;

/** Faults of brokers, of the network to them, and of what they keep. */
export const brokerFaults: readonly Fault[] = [
  {
    id: 'B1',
    isAlone: true,
    fault: 'the broker is killed and comes back, twice',
    run: async (stage) => {
      await using scene = await Scene.open(stage);
      const [broker] = scene.cluster.brokers;
      const member = scene.start(scene.config());
      await member.says('task begins');
      await scene.produce(0, 0.4);
      for (const [from, to] of [
        [0.4, 0.7],
        [0.7, 1],
      ] as const) {
        await pause(stage.random.integer(0, 500));
        await broker?.kill();
        await pause(stage.isShort ? 1_000 : 10_000);
        await broker?.start();
        await scene.produce(from, to);
      }
      return await scene.settled();
    },
  },
  {
    id: 'B1-stall',
    isLong: true,
    isAlone: true,
    fault: 'the network stalls: connections stay open and nothing comes',
    run: async (stage) => {
      await using scene = await Scene.open(stage);
      const [proxy] = scene.cluster.proxies;
      const member = scene.start(scene.config());
      await member.says('task begins');
      await scene.produce(0, 1);
      await pause(stage.random.integer(0, 300));
      proxy?.stall();
      await pause(STALL_MS);
      proxy?.heal();
      const hasNoticed = await member.says('the client had stopped for good', 30_000);
      return await scene.settled(async () => ({
        'it noticed, and built its client anew': hasNoticed,
      }));
    },
  },
  {
    id: 'B2',
    isAlone: true,
    fault: 'the broker can not be reached at the start',
    run: async (stage) => {
      await using scene = await Scene.open(stage);
      const [proxy] = scene.cluster.proxies;
      await scene.produce(0, 1);
      proxy?.refuse();
      const status = await StatusPage.reserve();
      const member = scene.start(scene.config({ status }));
      await until(async () => (await status.get('/readyz')).status === 503, 30_000);
      await member.says('"level":40');
      const isAlive = (await status.get('/healthz')).status === 200;
      proxy?.heal();
      return await scene.settled(async () => ({
        'alive, and not ready': isAlive,
        'ready in the end': (await status.get('/readyz')).status === 200,
      }));
    },
  },
  {
    id: 'B3',
    fault: 'records are gone by retention before they were read',
    run: async (stage) => {
      await using scene = await Scene.open(stage);
      const config = scene.config();
      const first = scene.start(config);
      await scene.produce(0, 0.5);
      await readToEnd(scene, first);
      // What is lost are launches of other hosts, which lead to nothing: all else must be found.
      const noise = Array.from({ length: 200 }, (_, index) =>
        launch({
          host: `noise-${String(index)}`,
          time: BASE_TIME,
          record: index,
          image: 'a',
          user: 'u',
        }),
      );
      await scene.write(noise);
      await loseAll(scene);
      await scene.produce(0.5, 1);
      const second = scene.start(config);
      const isNamed = await second.says('records were gone before we read them', 60_000);
      const detail = second.log.split('\n').find((line) => line.includes('records were gone'));
      return await scene.settled(async () => ({
        'the gap is named': isNamed,
        'with its place': /"partition":\d+,"firstOffset":\d+,"lastOffset":\d+/.test(detail ?? ''),
        'and is an alert of its own': scene.rules().has('tidegate.health.gap'),
      }));
    },
  },
  {
    id: 'B3-partitions',
    isLong: true,
    fault:
      'partitions are added while it runs: refused by name, then read again from the beginning',
    run: async (stage) => {
      await using scene = await Scene.open(stage);
      const config = scene.config();
      const first = scene.start(config);
      await scene.produce(0, 1);
      await readToEnd(scene, first);
      await withAdmin(scene.connection, (admin) =>
        admin.createPartitions({ topicPartitions: [{ topic: scene.topic, count: 6 }] }),
      );
      const second = scene.start(config);
      const code = await second.end(60_000);
      const isNamed = second.log.includes('"code":"checkpoint_unfit"');
      scene.start(config, ['--rewind', '2026-01-01T00:00:00Z']);
      return await scene.settled(async () => ({
        'the start is refused by name': code === 1 && isNamed,
      }));
    },
  },
  {
    id: 'B4',
    isAlone: true,
    fault: 'bytes that stop the client library for good',
    run: async (stage) => {
      await using scene = await Scene.open(stage);
      await scene.produce(0, 0.5);
      await appendDamage(scene);
      await scene.produce(0.5, 1);
      const member = scene.start(scene.config());
      const isNamed = await member.says('were passed over', 60_000);
      return await scene.settled(async () => ({ 'the range is named': isNamed }));
    },
  },
  {
    id: 'B1-leader',
    isLong: true,
    isAlone: true,
    fault: 'the leader of partitions is killed, others lead, and it comes back (three brokers)',
    run: async (stage) => {
      await using scene = await Scene.open(stage, 3);
      const [, broker] = scene.cluster.brokers;
      const member = scene.start(scene.config());
      await member.says('task begins');
      await scene.produce(0, 0.4);
      await pause(stage.random.integer(0, 500));
      await broker?.kill();
      await scene.produce(0.4, 0.8);
      await broker?.start();
      await scene.produce(0.8, 1);
      return await scene.settled();
    },
  },
];

/** Lets a member read all that is there, and ends it in order: its checkpoint is at the end. */
async function readToEnd(scene: Scene, running: Instance): Promise<void> {
  await running.says('task begins');
  let before = -1;
  await until(async () => {
    const now = scene.found().size;
    const isStill = now === before && now > 0;
    before = now;
    await pause(1_500);
    return isStill;
  }, 120_000);
  await running.kill('SIGTERM');
}

async function loseAll({ connection, topic }: Scene): Promise<void> {
  await withAdmin(connection, async (admin) => {
    const ends = await admin.fetchTopicOffsets(topic);
    const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }));
    await admin.deleteTopicRecords({ topic, partitions });
  });
}

/** Puts a batch of a compression that nobody has at the end of each partition's log. */
async function appendDamage({ cluster, connection, topic }: Scene): Promise<void> {
  const ends = await withAdmin(connection, (admin) => admin.fetchTopicOffsets(topic));
  const [broker] = cluster.brokers;
  await broker?.stop();
  for (const { partition, high } of ends) {
    const folder = join(cluster.folder, 'broker-1/data', `${topic}-${String(partition)}`);
    const bytes = Buffer.alloc(100, 7);
    const batch = recordBatch({ codec: 6, bytes, count: 4, firstOffset: Number(high) });
    await appendFile(join(folder, '00000000000000000000.log'), batch);
  }
  await broker?.start();
}
