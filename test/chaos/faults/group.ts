import type { Fault } from '../fault.ts';
import { pause, until } from '../instance.ts';
import { Scene } from '../scene.ts';
import { StatusPage } from '../status.ts';

/** Faults of members: they are killed, come, leave, and stand still. */
export const groupFaults: readonly Fault[] = [
  {
    id: 'K1-kafka',
    fault: 'kill -9 at random moments, input and checkpoints in Kafka',
    run: async (stage) => {
      await using scene = await Scene.open(stage);
      await scene.produce(0, 1);
      const config = scene.config();
      for (let kill = 0; kill < stage.strikes; kill++) {
        const instance = scene.start(config);
        await instance.says('task begins');
        await pause(stage.random.integer(200, 1_500));
        await instance.kill();
      }
      scene.start(config);
      return await scene.settled();
    },
  },
  {
    id: 'K1-three',
    fault: 'three members, one after the other killed -9 and started anew',
    run: async (stage) => {
      await using scene = await Scene.open(stage);
      const configs = [scene.config(), scene.config(), scene.config()];
      const members = configs.map((config) => scene.start(config));
      await members[0]?.says('task begins');
      for (let kill = 0; kill < stage.strikes; kill++) {
        await scene.produce(kill / stage.strikes, (kill + 1) / stage.strikes);
        await pause(stage.random.integer(200, 1_500));
        const at = stage.random.integer(0, members.length - 1);
        await members[at]?.kill();
        members[at] = scene.start(configs[at] ?? '');
      }
      return await scene.settled();
    },
  },
  {
    id: 'R1',
    fault: 'members of a group: 1, 2, 3, 2, 1, one leaves by kill -9',
    run: async (stage) => {
      await using scene = await Scene.open(stage);
      const steps = 5;
      const first = scene.start(scene.config());
      await first.says('task begins');
      await scene.produce(0, 1 / steps);
      const second = scene.start(scene.config());
      await scene.produce(1 / steps, 2 / steps);
      await second.says('task begins', 90_000);
      const third = scene.start(scene.config());
      await scene.produce(2 / steps, 3 / steps);
      await third.says('task begins', 90_000);
      await second.kill();
      await scene.produce(3 / steps, 4 / steps);
      await third.kill('SIGTERM');
      await scene.produce(4 / steps, 1);
      return await scene.settled();
    },
  },
  {
    id: 'R1-storm',
    isLong: true,
    fault: 'a storm of rebalances: members join and leave without a pause',
    run: async (stage) => {
      await using scene = await Scene.open(stage);
      const steady = scene.start(scene.config());
      await steady.says('task begins');
      const rounds = stage.isShort ? 4 : 25;
      const config = scene.config();
      for (let round = 0; round < rounds; round++) {
        await scene.produce(round / rounds, (round + 1) / rounds);
        const guest = scene.start(config);
        await pause(stage.random.integer(600, 2_500));
        await guest.kill('SIGTERM');
      }
      return await scene.settled();
    },
  },
  {
    id: 'R2',
    isLong: true,
    fault: 'a member stands still past its session, another takes over, then it goes on (zombie)',
    run: async (stage) => {
      await using scene = await Scene.open(stage);
      const status = await StatusPage.reserve();
      const zombie = scene.start(scene.config({ status }));
      await zombie.says('task begins');
      await scene.produce(0, 0.5);
      await until(async () => (await status.metric('tidegate_records_total')) > 0, 60_000);
      zombie.child.kill('SIGSTOP');
      const heir = scene.start(scene.config());
      await scene.produce(0.5, 1);
      const hasInherited = await heir.says('task begins', 60_000);
      // It has read and written by the time that the other wakes up and finds itself dead.
      await pause(stage.random.integer(500, 3_000));
      zombie.child.kill('SIGCONT');
      return await scene.settled(async () => ({
        'the other took over': hasInherited,
        'it knows what it has lost': await zombie.says('this process stood still', 30_000),
      }));
    },
  },
];
