import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { KafkaConnection } from '../../../src/kafka/connection.ts';
import { openKafkaProducer } from '../../../src/kafka/producer.ts';
import { openKafkaTopics } from '../../../src/kafka/topics.ts';
import { startKafka, type KafkaCluster } from '../../integration/services/kafka.ts';
import type { Fault, Outcome, Stage } from '../fault.ts';
import { configure, Instance, pause, runToEnd, until } from '../instance.ts';
import { alertsIn, alertsOf, compare, type Found } from '../verdict.ts';
import { launches, type Launch } from '../workload.ts';

const PARTITIONS = 4;

/** A topic of launches keyed by host, and what an uninterrupted run finds in them. */
class Scene {
  readonly stage: Stage;
  readonly connection: KafkaConnection;
  readonly topic: string;
  readonly group: string;
  readonly alerts: string;
  readonly #all: readonly Launch[];
  #configs = 0;

  constructor(stage: Stage, cluster: KafkaCluster) {
    this.stage = stage;
    this.connection = { brokers: cluster.bootstrap, clientId: 'chaos' };
    const name = `chaos-${String(stage.seed)}-${String(process.pid)}-${String(Date.now())}`;
    this.topic = name;
    this.group = name;
    this.alerts = join(stage.folder, 'shared', 'alerts.db');
    this.#all = launches(String(stage.seed), stage.events);
  }

  /** What the launches lead to, by a run over a file. */
  async expected(): Promise<Found> {
    const file = join(this.stage.folder, 'events.ndjson');
    writeFileSync(file, `${this.#all.map(({ line }) => line).join('\n')}\n`);
    const source = `{ kind: file, paths: [${file}] }`;
    await runToEnd(configure(this.stage.folder, { source }));
    return alertsIn(this.stage.folder, 'counts');
  }

  async create(): Promise<void> {
    await using topics = openKafkaTopics(this.connection);
    await topics.create([{ name: this.topic, partitions: PARTITIONS }]);
  }

  /** Writes a part of the launches, from 0 to 1. */
  async produce(from: number, to: number): Promise<void> {
    const part = this.#all.slice(
      Math.floor(from * this.#all.length),
      Math.floor(to * this.#all.length),
    );
    await using producer = openKafkaProducer({ connection: this.connection });
    await producer.send(
      this.topic,
      part.map(({ host, line }) => ({ key: host, value: line })),
    );
  }

  /** A configuration of one member; all share the alert store, the key and the checkpoints. */
  config(): string {
    this.#configs += 1;
    const folder = join(this.stage.folder, `member-${String(this.#configs)}`);
    mkdirSync(folder);
    const brokers = `brokers: [${this.connection.brokers.map((b) => `"${b}"`).join(', ')}]`;
    return configure(folder, {
      source: `{ kind: kafka, name: telemetry, ${brokers}, group: ${this.group}, topics: [${this.topic}] }`,
      checkpoints: `{ kind: kafka, topic: ${this.topic}-state, partitions: 4, every: 500ms, ${brokers} }`,
      primary: `{ kind: sqlite, path: ${this.alerts} }`,
    });
  }

  /** Waits until every alert is there with its final count, or nothing comes any more. */
  async settled(expected: Found): Promise<Outcome> {
    await until(() => differences(expected, this.#found()) === 0, 90_000).catch(() => undefined);
    // What should not be there may still come.
    await pause(2_000);
    return compare(expected, this.#found());
  }

  #found(): Found {
    try {
      return alertsOf(this.alerts, 'counts');
    } catch {
      return new Map();
    }
  }
}

function differences(expected: Found, found: Found): number {
  const { missing, extra } = compare(expected, found);
  return missing + extra;
}

/** Processes of one run; all end with it. */
class Members implements AsyncDisposable {
  readonly #all: Instance[] = [];

  start(config: string): Instance {
    const instance = new Instance(config);
    this.#all.push(instance);
    return instance;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const instance of this.#all) await instance.kill();
  }
}

async function withScene(
  stage: Stage,
  act: (scene: Scene, members: Members, cluster: KafkaCluster) => Promise<void>,
): Promise<Outcome> {
  await using cluster = await startKafka();
  const scene = new Scene(stage, cluster);
  const expected = await scene.expected();
  await scene.create();
  await using members = new Members();
  await act(scene, members, cluster);
  // Awaited here: members and servers end with this block.
  return await scene.settled(expected);
}

/** Faults of a group that reads from a real Kafka. */
export const kafkaFaults: readonly Fault[] = [
  {
    id: 'K1-kafka',
    fault: 'kill -9 at random moments, input and checkpoints in Kafka',
    needs: ['kafka'],
    run: (stage) =>
      withScene(stage, async (scene, members) => {
        await scene.produce(0, 1);
        const config = scene.config();
        for (let kill = 0; kill < stage.strikes; kill++) {
          const instance = members.start(config);
          await instance.says('task begins');
          await pause(stage.random.integer(200, 1_500));
          await instance.kill();
        }
        members.start(config);
      }),
  },
  {
    id: 'R1',
    fault: 'members of a group: 1, 2, 3, 2, 1, one leaves by kill -9',
    needs: ['kafka'],
    run: (stage) =>
      withScene(stage, async (scene, members) => {
        const steps = 5;
        const first = members.start(scene.config());
        await first.says('task begins');
        await scene.produce(0, 1 / steps);
        const second = members.start(scene.config());
        await scene.produce(1 / steps, 2 / steps);
        await second.says('task begins', 90_000);
        const third = members.start(scene.config());
        await scene.produce(2 / steps, 3 / steps);
        await third.says('task begins', 90_000);
        await second.kill();
        await scene.produce(3 / steps, 4 / steps);
        await third.kill('SIGTERM');
        await scene.produce(4 / steps, 1);
      }),
  },
  {
    id: 'B1',
    fault: 'the broker is killed and comes back, twice',
    needs: ['kafka'],
    run: (stage) =>
      withScene(stage, async (scene, members, cluster) => {
        const [broker] = cluster.brokers;
        const member = members.start(scene.config());
        await member.says('task begins');
        await scene.produce(0, 0.4);
        for (const [from, to] of [
          [0.4, 0.7],
          [0.7, 1],
        ] as const) {
          await pause(stage.random.integer(0, 500));
          await broker?.kill();
          await pause(stage.isShort ? 3_000 : 10_000);
          await broker?.start();
          await scene.produce(from, to);
        }
      }),
  },
];
