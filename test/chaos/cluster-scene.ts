import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Cluster } from '../sinks/elasticsearch/cluster.ts';
import type { Elasticsearch } from '../integration/services/elasticsearch.ts';
import type { ToxicProxy } from '../integration/services/toxic-proxy.ts';
import type { Outcome, Stage } from './fault.ts';
import { configure, Instance, type InstanceOptions, type Setting } from './instance.ts';
import { compare, type Found } from './verdict.ts';
import { launches } from './workload.ts';

/** An empty, prepared Elasticsearch as the primary sink of a run over a file. */
export class ClusterScene implements AsyncDisposable {
  readonly stage: Stage;
  readonly server: Elasticsearch;
  readonly cluster: Cluster;
  readonly #file: string;
  readonly #instances: Instance[] = [];

  private constructor(stage: Stage, server: Elasticsearch, lines: readonly string[]) {
    this.stage = stage;
    this.server = server;
    this.cluster = new Cluster(server.url);
    this.#file = join(stage.folder, 'events.ndjson');
    writeFileSync(this.#file, `${lines.join('\n')}\n`);
  }

  static async open(
    stage: Stage,
    lines: readonly string[] = linesOf(stage),
  ): Promise<ClusterScene> {
    const scene = new ClusterScene(stage, await stage.servers.elasticsearch(), lines);
    await scene.cluster.prepare();
    return scene;
  }

  get proxy(): ToxicProxy {
    const { proxy } = this.server;
    if (proxy === undefined) throw new Error('the server was started with a proxy');
    return proxy;
  }

  config(
    setting: Partial<Setting> & { readonly url?: string; readonly more?: string } = {},
  ): string {
    const { url = this.server.url } = setting;
    return configure(this.stage.folder, {
      source: `{ kind: file, paths: [${this.#file}] }`,
      primary: `{ kind: elasticsearch, url: "${url}", request_timeout_ms: 5000 }`,
      ...setting,
    });
  }

  start(config: string, more: readonly string[] = [], options: InstanceOptions = {}): Instance {
    const instance = new Instance(config, more, options);
    this.#instances.push(instance);
    return instance;
  }

  /** A run from beginning to end, beside which the fault happens once its work has begun. */
  async runBeside(
    fault: (instance: Instance) => Promise<void>,
    config: string = this.config(),
  ): Promise<Instance> {
    const instance = this.start(config);
    await instance.says('task begins');
    await fault(instance);
    const code = await instance.end();
    if (code !== 0) throw new Error(`the run ended with ${String(code)}: ${instance.log}`);
    return instance;
  }

  /** What a reader finds, held against the uninterrupted run. */
  async outcome(also: Outcome['also'] = {}, expected?: Found): Promise<Outcome> {
    const stored = await this.cluster.alerts();
    const found = new Map(stored.map(({ id, state }) => [id, JSON.stringify([state?.['count']])]));
    const verdict = compare(
      expected ?? (await this.stage.baseline()),
      found,
      stored.length - found.size,
    );
    return { ...verdict, also };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const instance of this.#instances) await instance.kill();
    await this.cluster.client.close();
  }
}

function linesOf({ seed, events }: Stage): readonly string[] {
  return launches(String(seed), events).map(({ line }) => line);
}
