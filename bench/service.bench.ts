// Kafka → detection → Elasticsearch, next to a bare kafkajs consumer that only parses JSON. See HELP.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { BenchServers } from './service/servers.ts';
import { Detector, type DetectorReading } from './service/detector.ts';
import { Fleet } from './service/fleet.ts';
import { measureLatency, type Latencies } from './service/latency.ts';
import { bareConsumer, rateOf, type Rate, type Reading } from './service/observed.ts';

const HELP = `npm run bench:service -- --rules sigma/rules --rules rules RECORDING...

Starts a real Kafka and a real Elasticsearch, fills a topic with recordings on many hosts, and reads it
with a bare kafkajs consumer, with the detector, and with the consumer again. Processor seconds are
those of each process alone, after a time of warming up.

  --seconds N     of each turn (60)
  --records N     in the topic (2,000,000); a turn ends early where it ends
  --copies N      copies of the recordings that are there at the same time (40); each has hosts of its own
  --partitions N  of the topic (4)
  --warm-up N     seconds that do not count (10)
  --rules PATH    rule files and folders, may be repeated (the bundled rules)
  --latency N     records a second: measures only how long alerts take under this load
  --profile DIR   a CPU profile of the detector, for bench/profile.ts
  --json          figures for machines
`;

export interface ServiceFigures {
  readonly bare: Rate;
  readonly bareAgain: Rate;
  readonly detector: Rate;
  /** Records per CPU second next to the mean of both turns of the bare consumer. */
  readonly ratio: number;
  readonly latest: DetectorReading;
}

interface Options {
  readonly seconds: number;
  readonly warmUp: number;
  readonly records: number;
  readonly copies: number;
  readonly partitions: number;
  readonly rules: readonly string[];
  readonly recordings: readonly string[];
  readonly profile: string | undefined;
}

export async function measureService(options: Options): Promise<ServiceFigures> {
  const { seconds, warmUp, records, copies, partitions } = options;
  const fleet = await Fleet.read(options.recordings);
  say(`${String(fleet.hostsPerCopy * copies)} hosts at the same time`);
  await using servers = await BenchServers.start();
  const topic = 'telemetry';
  await servers.createTopic(topic, partitions);
  await servers.fill(topic, fleet.records(records, copies));
  say(`${String(records)} records are in the topic`);
  const isEnough = (latest: Reading, readings: readonly Reading[]): boolean => {
    const began = readings.find((reading) => reading.records > 0)?.atSeconds;
    const isOver = began !== undefined && latest.atSeconds - began >= seconds + warmUp;
    return isOver || latest.records >= records;
  };
  const bareTurn = async (): Promise<Rate> => {
    const { bootstrap: brokers } = servers.kafka;
    const rate = rateOf(await bareConsumer({ brokers, topic, until: isEnough }), warmUp);
    say(`bare consumer: ${inWords(rate)}`);
    return rate;
  };
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
  try {
    const bare = await bareTurn();
    const readings = await detectorTurn({ options, servers, topic, folder, isEnough });
    const detector = rateOf(readings, warmUp);
    say(`detector: ${inWords(detector)}`);
    const bareAgain = await bareTurn();
    const ratio = detector.perCpuSecond / ((bare.perCpuSecond + bareAgain.perCpuSecond) / 2);
    const latest = readings.at(-1);
    if (latest === undefined) throw new Error('there are readings');
    return { bare, bareAgain, detector, ratio, latest };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function detectorTurn(turn: {
  readonly options: Options;
  readonly servers: BenchServers;
  readonly topic: string;
  readonly folder: string;
  readonly isEnough: (latest: Reading, readings: readonly Reading[]) => boolean;
}): Promise<readonly DetectorReading[]> {
  const { options, servers, topic, folder, isEnough } = turn;
  const { profile, rules } = options;
  const node = profile === undefined ? '' : `--cpu-prof --cpu-prof-dir=${resolve(profile)}`;
  await using detector = await Detector.start({
    ...{ folder, servers, topic, rules, group: 'detector' },
    instance: { env: { NODE_OPTIONS: node } },
  });
  const readings = await detector.readUntil(isEnough);
  // In order, since a profile is written at the end.
  await detector.instance.kill('SIGTERM');
  return readings;
}

async function latencies(
  recordings: readonly string[],
  rules: readonly string[],
  load: { readonly recordsPerSecond: number; readonly seconds: number; readonly copies: number },
): Promise<Latencies> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
  try {
    const fleet = await Fleet.read(recordings);
    await using servers = await BenchServers.start();
    return await measureLatency({ ...load, fleet, servers, folder, rules });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function inWords({ perCpuSecond, perSecond, residentBytesMax, seconds }: Rate): string {
  const count = (value: number): string => Math.round(value).toLocaleString('en');
  const memory = `${count(residentBytesMax / 2 ** 20)} MiB`;
  return `${count(perCpuSecond)} records per CPU second (${count(perSecond)} a second for ${count(seconds)} s), ${memory}`;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '60' },
      'warm-up': { type: 'string', default: '10' },
      records: { type: 'string', default: '2000000' },
      copies: { type: 'string', default: '40' },
      partitions: { type: 'string', default: '4' },
      rules: { type: 'string', multiple: true },
      profile: { type: 'string' },
      latency: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || positionals.length === 0) {
    process.stdout.write(HELP);
    process.exit(values.help ? 0 : 2);
  }
  const bundled = resolve(import.meta.dirname, '../rules');
  const rules = (values.rules ?? [bundled]).map((path) => resolve(path));
  const recordsPerSecond = Number(values.latency ?? 0);
  const seconds = Number(values.seconds);
  const copies = Number(values.copies);
  if (recordsPerSecond > 0) {
    const load = { recordsPerSecond, seconds, copies };
    process.stdout.write(`${JSON.stringify(await latencies(positionals, rules, load))}\n`);
  } else {
    const figures = await measureService({
      seconds,
      warmUp: Number(values['warm-up']),
      records: Number(values.records),
      copies,
      partitions: Number(values.partitions),
      rules,
      recordings: positionals,
      profile: values.profile,
    });
    if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
    say(`next to the bare consumer: ${figures.ratio.toFixed(2)}`);
  }
}
