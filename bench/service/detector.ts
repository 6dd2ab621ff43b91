import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Instance, pause, type InstanceOptions } from '../../test/chaos/instance.ts';
import { StatusPage } from '../../test/chaos/status.ts';
import type { Reading } from './observed.ts';
import type { BenchServers } from './servers.ts';

/** What a detector says of itself beside its rate. */
export interface DetectorReading extends Reading {
  readonly alerts: number;
  readonly matches: number;
  readonly duplicates: number;
  readonly hosts: number;
  readonly checkpointBytes: number;
  readonly checkpoints: number;
}

export interface DetectorOptions {
  readonly folder: string;
  readonly servers: BenchServers;
  readonly topic: string;
  readonly group: string;
  readonly rules: readonly string[];
  readonly lateness?: string;
  readonly instance?: InstanceOptions;
}

/** `tidegate run` between Kafka and Elasticsearch, as a process of its own. */
export class Detector implements AsyncDisposable {
  readonly status: StatusPage;
  readonly instance: Instance;

  private constructor(status: StatusPage, instance: Instance) {
    this.status = status;
    this.instance = instance;
  }

  static async start(options: DetectorOptions): Promise<Detector> {
    const { folder, servers, topic, group, rules, lateness = '5s' } = options;
    const status = await StatusPage.reserve();
    mkdirSync(folder, { recursive: true });
    const config = join(folder, 'tidegate.yml');
    const brokers = `brokers: [${servers.kafka.bootstrap.map((b) => `"${b}"`).join(', ')}]`;
    writeFileSync(
      config,
      `version: 1
data_dir: ${join(folder, 'state')}
rules: [${rules.join(', ')}]
lateness: "${lateness}"
sources: [{ kind: kafka, name: telemetry, ${brokers}, group: ${group}, topics: [${topic}] }]
primary: { kind: elasticsearch, url: "${servers.elasticsearch.url}" }
checkpoints: { kind: kafka, topic: ${group}-state, partitions: 4, replicas: 1, ${brokers} }
http: { listen: "${status.listen}" }
`,
    );
    return new Detector(status, new Instance(config, [], options.instance ?? {}));
  }

  async reading(): Promise<DetectorReading> {
    const metric = await this.status.metrics();
    return {
      records: metric('tidegate_records_total') || 0,
      cpuSeconds: metric('process_cpu_seconds_total') || 0,
      residentBytes: metric('process_resident_memory_bytes') || 0,
      atSeconds: performance.now() / 1000,
      alerts: metric('tidegate_alerts_total'),
      matches: metric('tidegate_matches'),
      duplicates: metric('tidegate_duplicate_events'),
      hosts: metric('tidegate_hosts'),
      checkpointBytes: metric('tidegate_checkpoint_bytes'),
      checkpoints: metric('tidegate_checkpoints_total'),
    };
  }

  /** A reading every second until it is enough; an end of the process is thrown with its log. */
  async readUntil(
    isEnough: (latest: DetectorReading, readings: readonly DetectorReading[]) => boolean,
  ): Promise<readonly DetectorReading[]> {
    const readings: DetectorReading[] = [];
    for (;;) {
      await pause(1_000);
      if (this.instance.hasEnded) throw new Error(`the detector ended: ${this.instance.log}`);
      const reading = await this.reading();
      readings.push(reading);
      if (isEnough(reading, readings)) return readings;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.instance[Symbol.asyncDispose]();
  }
}
