import { Option, type Command } from 'commander';

import { openHttpTarget } from '../sinks/records/http.ts';
import { openKafkaTarget } from '../sinks/records/kafka.ts';
import { openRecordStream } from '../sinks/records/stream.ts';
import type { RecordTarget } from '../sinks/records/target.ts';
import { UsageError } from './exit.ts';
import { collect } from './input.ts';
import { wholeNumber } from './options.ts';

const BODY_BYTES = 1 << 20;
const BODY_BYTES_MAX = 1 << 28;
const PARTITIONS_MAX = 10_000;
const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
// What Kafka takes for a topic's name.
const TOPIC = /^[a-zA-Z0-9._-]{1,249}$/;
const BROKER = /^[^\s,]+:[0-9]{1,5}$/;

/** Options that say where replayed records go. */
export interface TargetOptions {
  readonly to: 'kafka' | 'stdout' | 'http';
  readonly url?: string;
  readonly header?: readonly string[];
  readonly batchBytes: number;
  readonly brokers?: string;
  readonly topic?: string;
  readonly partitions?: number;
  readonly compression: (typeof COMPRESSIONS)[number];
}

export function addTargetOptions(command: Command, isMandatory: boolean = true): void {
  command
    .addOption(
      new Option('--to <target>', 'where records go')
        .choices(['kafka', 'stdout', 'http'])
        .makeOptionMandatory(isMandatory),
    )
    .option(
      '--brokers <list>',
      'of --to kafka: addresses to begin with, host:port, comma-separated',
    )
    .option('--topic <name>', 'of --to kafka')
    .option(
      '--partitions <n>',
      'of --to kafka: make the topic with so many, if it is not there',
      wholeNumber('--partitions', PARTITIONS_MAX),
    )
    .addOption(
      new Option('--compression <codec>', 'of --to kafka').choices(COMPRESSIONS).default('zstd'),
    )
    .option('--url <url>', 'of --to http: where to POST; may stand among the files too')
    .option(
      '--header <name: value>',
      'of --to http: sent with each request; may be repeated',
      collect,
    )
    .option(
      '--batch-bytes <n>',
      'of --to http: the largest request',
      wholeNumber('--batch-bytes', BODY_BYTES_MAX),
      BODY_BYTES,
    );
}

export async function openTarget(
  options: TargetOptions,
  signal: AbortSignal,
): Promise<RecordTarget> {
  switch (options.to) {
    case 'stdout':
      return openRecordStream(process.stdout, 'standard output');
    case 'http':
      return openHttp(options, signal);
    case 'kafka':
      return openKafka(options);
  }
}

/** True for an address that records can be posted to. */
export function isHttp(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}

function openHttp(options: TargetOptions, signal: AbortSignal): RecordTarget {
  const { url, batchBytes } = options;
  if (url === undefined) throw new UsageError('--to http needs --url');
  if (!isHttp(url)) throw new UsageError(`--url: '${url}' is no http or https address`);
  const headers = (options.header ?? []).map((text) => headerOf(text));
  return openHttpTarget({ url, headers, bodyBytesMax: batchBytes, signal });
}

function headerOf(text: string): readonly [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e]*)$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  // Not quoted: a header often holds a secret.
  throw new UsageError("--header: must be 'Name: value'");
}

function openKafka(options: TargetOptions): Promise<RecordTarget> {
  const { brokers, topic, partitions, compression } = options;
  if (brokers === undefined || topic === undefined) {
    throw new UsageError('--to kafka needs --brokers and --topic');
  }
  const addresses = brokers.split(',').map((address) => address.trim());
  const wrong = addresses.find((address) => !BROKER.test(address));
  if (wrong !== undefined) throw new UsageError(`--brokers: '${wrong}' is not host:port`);
  if (!TOPIC.test(topic)) throw new UsageError(`--topic: '${topic}' is no name of a topic`);
  return openKafkaTarget({
    connection: { brokers: addresses, clientId: 'tidegate-replay' },
    topic,
    compression,
    ...(partitions === undefined ? {} : { partitions }),
  });
}
