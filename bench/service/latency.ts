import { join } from 'node:path';

import { openKafkaProducer } from '../../src/kafka/producer.ts';
import { Cluster } from '../../test/sinks/elasticsearch/cluster.ts';
import { pause, until } from '../../test/chaos/instance.ts';
import { launch } from '../../test/chaos/workload.ts';
import { Detector } from './detector.ts';
import type { Fleet } from './fleet.ts';
import type { BenchServers } from './servers.ts';

/** Milliseconds from a record's time, which is when it was produced, to its alert's `event.ingested`. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

/** Latencies of rules without state and of windows at lateness 0, beside a steady load. */
export interface Latencies {
  readonly plain: Latency;
  readonly window: Latency;
  readonly recordsPerSecond: number;
}

const TICK_MS = 100;
const WARM_UP_MS = 20_000;
const PLAIN = '6f3c1d0a-52a1-4c63-9d43-0d1be34b7a01';
const WINDOW = '6f3c1d0a-52a1-4c63-9d43-0d1be34b7a02';

export async function measureLatency(options: {
  readonly fleet: Fleet;
  readonly servers: BenchServers;
  readonly folder: string;
  readonly rules: readonly string[];
  readonly copies: number;
  readonly recordsPerSecond: number;
  readonly seconds: number;
}): Promise<Latencies> {
  const { fleet, servers, folder, copies, recordsPerSecond, seconds } = options;
  const topic = 'latency';
  await servers.createTopic(topic, 4);
  const rules = [...options.rules, join(import.meta.dirname, 'probe.yml')];
  await using detector = await Detector.start({
    ...{ folder: join(folder, 'latency'), servers, topic, rules },
    group: 'latency',
    lateness: '0',
  });
  await until(async () => (await detector.status.get('/readyz')).status === 200, 120_000);
  const connection = { brokers: servers.kafka.bootstrap, clientId: 'bench' };
  await using producer = openKafkaProducer({ connection });
  const load = fleet.records(Number.MAX_SAFE_INTEGER, copies);
  const began = performance.now();
  const first = Date.now() + WARM_UP_MS;
  const end = began + WARM_UP_MS + seconds * 1000;
  let sent = 0;
  for (let probe = 0; performance.now() < end; probe++) {
    const due = ((performance.now() - began) / 1000) * recordsPerSecond;
    const messages: { readonly key: string; readonly value: Uint8Array | string }[] = [];
    for (; sent < due; sent++) {
      const next = load.next();
      if (next.done !== true) messages.push(next.value);
    }
    for (let index = 0; index < 3; index++) {
      const host = `probe-${String(probe)}`;
      const parts = { host, time: Date.now(), record: index, image: 'latency-probe', user: 'u' };
      messages.push({ key: host, value: launch(parts).line });
    }
    await producer.send(topic, messages);
    const wait = began + (probe + 1) * TICK_MS - performance.now();
    if (wait > 0) await pause(wait);
  }
  await pause(10_000);
  const cluster = new Cluster(servers.elasticsearch.url);
  const alerts = await cluster.alerts();
  await cluster.client.close();
  const latencyOf = (rule: string): Latency => {
    const found = alerts
      .filter(({ document }) => Object(document['rule']).id === rule)
      .map(({ document }) => [
        Date.parse(String(document['@timestamp'])),
        Date.parse(String(Object(document['event']).ingested)),
      ])
      .filter(([time = 0]) => time >= first)
      .map(([time = 0, ingested = 0]) => ingested - time)
      .toSorted((one, other) => one - other);
    const at = (share: number): number =>
      found[Math.floor(share * (found.length - 1))] ?? Number.NaN;
    return { count: found.length, p50: at(0.5), p99: at(0.99) };
  };
  const took = (performance.now() - began - 10_000) / 1000;
  return {
    plain: latencyOf(PLAIN),
    window: latencyOf(WINDOW),
    recordsPerSecond: sent / took,
  };
}
