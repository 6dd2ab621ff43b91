import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { KafkaConnection } from '../../src/kafka/connection.ts';
import { openKafkaProducer, type KafkaProducerOptions } from '../../src/kafka/producer.ts';
import { openKafkaTopics } from '../../src/kafka/topics.ts';
import { persist } from '../../src/runtime/delivery.ts';
import type { KafkaCluster } from '../integration/services/kafka.ts';
import { uniqueName } from '../integration/services/shared.ts';
import type { Outcome, Stage } from './fault.ts';
import {
  configure,
  Instance,
  pause,
  until,
  type InstanceOptions,
  type Setting,
} from './instance.ts';
import { alertsOf, compare, rulesIn, type Found } from './verdict.ts';
import { BASE_TIME, launch, launches, type Launch } from './workload.ts';

const PARTITIONS = 4;
const LOSSES: readonly string[] = ['tidegate.health.gap', 'tidegate.health.quarantined'];
/** A burst that comes after everything must have its alert within this time. */
const LIVE_MS_MAX = 5_000;

/** A topic of launches keyed by host, and processes that read it as a group. */
export class Scene implements AsyncDisposable {
  readonly stage: Stage;
  readonly cluster: KafkaCluster;
  readonly connection: KafkaConnection;
  readonly topic: string;
  readonly all: readonly Launch[];
  /** Where the alerts of all members are. */
  readonly alerts: string;
  readonly #instances: Instance[] = [];
  #configs = 0;

  private constructor(stage: Stage, cluster: KafkaCluster) {
    this.stage = stage;
    this.cluster = cluster;
    this.connection = { brokers: cluster.bootstrap, clientId: 'chaos' };
    this.topic = uniqueName('chaos');
    this.alerts = join(stage.folder, 'shared', 'alerts.db');
    this.all = launches(String(stage.seed), stage.events);
  }

  static async open(stage: Stage, brokers: 1 | 3 = 1): Promise<Scene> {
    const scene = new Scene(stage, await stage.servers.kafka(brokers));
    await using topics = openKafkaTopics(scene.connection);
    await topics.create([{ name: scene.topic, partitions: PARTITIONS, replicas: brokers }]);
    return scene;
  }

  /** Writes a part of the launches, from 0 to 1. */
  async produce(
    from: number,
    to: number,
    compression: NonNullable<KafkaProducerOptions['compression']> = 'zstd',
  ): Promise<void> {
    const { length } = this.all;
    const part = this.all.slice(Math.floor(from * length), Math.floor(to * length));
    await this.write(part, compression);
  }

  async write(
    part: readonly Launch[],
    compression: NonNullable<KafkaProducerOptions['compression']> = 'zstd',
  ): Promise<void> {
    await using producer = openKafkaProducer({ connection: this.connection, compression });
    const messages = part.map(({ host, line }) => ({ key: host, value: line }));
    const signal = AbortSignal.timeout(120_000);
    await persist(() => producer.send(this.topic, messages), { signal });
  }

  /** A configuration of one member; all share the alert store, the key and the checkpoints. */
  config(setting: Partial<Setting> = {}): string {
    this.#configs += 1;
    const folder = join(this.stage.folder, `member-${String(this.#configs)}`);
    mkdirSync(folder);
    const brokers = `brokers: [${this.connection.brokers.map((b) => `"${b}"`).join(', ')}]`;
    const source = `kind: kafka, name: telemetry, ${brokers}, group: ${this.topic}`;
    const replicas = this.cluster.brokers.length;
    const state = `topic: ${this.topic}-state, partitions: 4, replicas: ${String(replicas)}`;
    return configure(folder, {
      source: `{ ${source}, topics: [${this.topic}], session_timeout: 4s }`,
      checkpoints: `{ kind: kafka, ${state}, every: 500ms, ${brokers} }`,
      primary: `{ kind: sqlite, path: ${this.alerts} }`,
      ...setting,
    });
  }

  start(config: string, more: readonly string[] = [], options: InstanceOptions = {}): Instance {
    const instance = new Instance(config, more, options);
    this.#instances.push(instance);
    return instance;
  }

  /**
   * Waits until every alert is there with its final count, and for one of a fresh burst; what else
   * must hold is asked then.
   */
  async settled(also: () => Promise<Outcome['also']> = async () => ({})): Promise<Outcome> {
    const expected = await this.stage.baseline();
    const isEqual = (): boolean => {
      const { missing, extra } = compare(expected, this.found());
      return missing + extra === 0;
    };
    const limitMs = this.stage.isShort ? 90_000 : 900_000;
    await until(isEqual, limitMs).catch(() => undefined);
    // What should not be there may still come.
    await pause(1_000);
    const outcome = compare(expected, this.found());
    const isAlive = await this.#answersABurst();
    return { ...outcome, also: { ...(await also()), 'a fresh burst alerts within 5 s': isAlive } };
  }

  /** Alerts so far, without those about records that the fault itself took away. */
  found(): Found {
    try {
      return alertsOf(this.alerts, 'counts', LOSSES);
    } catch {
      return new Map();
    }
  }

  /** Rules that have alerted. */
  rules(): ReadonlySet<string> {
    return rulesIn(this.alerts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const instance of this.#instances) await instance.kill();
  }

  async #answersABurst(): Promise<boolean> {
    const before = this.found().size;
    const time = BASE_TIME + 365 * 86_400_000;
    const burst = Array.from({ length: 8 }, (_, index) =>
      launch({ host: `fresh-${String(index)}`, time, record: index, image: 'rare', user: 'u' }),
    );
    await this.write(burst);
    const arrived = (): boolean => this.found().size >= before + burst.length;
    return until(arrived, LIVE_MS_MAX).then(
      () => true,
      () => false,
    );
  }
}
