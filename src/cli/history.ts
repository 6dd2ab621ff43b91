import type { Command } from 'commander';

import { Failure } from '../base/failure.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { RawRecord } from '../event/record.ts';
import { connectionOf, type KafkaSettings } from '../kafka/settings.ts';
import type { Decoder } from '../decoders/decoder.ts';
import type { Decoded } from '../runtime/decoding.ts';
import { mergeFiles } from '../runtime/merge.ts';
import { indexHistory } from '../sinks/elasticsearch/history.ts';
import type { ElasticsearchSettings } from '../sinks/elasticsearch/settings.ts';
import { openFile, type FileSourceOptions } from '../sources/file.ts';
import { topicHistory } from '../sources/kafka/history.ts';
import type { Source } from '../sources/source.ts';
import { CONFIG_HELP, usableConfig } from './config-file.ts';
import { UsageError } from './exit.ts';
import { counted } from './format.ts';
import { existingFiles, inputDecoder, INPUT_FORMAT_HELP, totalBytes } from './input.ts';
import { timeOption } from './options.ts';
import { Progress } from './progress.ts';

/** Options that say over which history a command works. */
export interface HistoryOptions {
  readonly over: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly inputFormat: string;
  readonly config?: string;
  readonly brokers?: string;
  readonly topic?: string;
  readonly url?: string;
  readonly index?: string;
  readonly apiKey?: string;
}

/** Adds the options of a history to a command. */
export function addHistoryOptions(command: Command): Command {
  return command
    .requiredOption('--over <place...>', 'files (- for standard input), or kafka, or elasticsearch')
    .option('--from <time>', 'leave out events before it', timeOption('--from'))
    .option('--to <time>', 'leave out events from it on', timeOption('--to'))
    .option('--input-format <name>', INPUT_FORMAT_HELP, 'auto')
    .option('-c, --config <file>', `${CONFIG_HELP}: where Kafka and Elasticsearch are`)
    .option('--brokers <list>', 'of --over kafka: host:port, comma-separated; else from --config')
    .option('--topic <name>', 'of --over kafka: topics, comma-separated; else from --config')
    .option('--url <url>', 'of --over elasticsearch; else from --config')
    .option('--index <pattern>', 'of --over elasticsearch', 'logs-*')
    .option(
      '--api-key <key>',
      'of --over elasticsearch; better as TIDEGATE_ELASTICSEARCH_API_KEY in the environment',
    );
}

/** A stretch of history, opened. */
export interface History {
  readonly batches: AsyncIterable<readonly Decoded[]>;
  /** Bytes that were read, and in all; undefined where nobody knows. */
  readonly progress: () => number | undefined;
}

/** Opens what `--over` names. */
export async function openHistory(options: HistoryOptions, decoder: Decoder): Promise<History> {
  const [place, ...more] = options.over;
  if (place !== 'kafka' && place !== 'elasticsearch') return fileHistory(options, decoder);
  if (more.length > 0) throw new UsageError(`--over ${place}: names nothing else beside it`);
  const sources = place === 'kafka' ? await kafkaSources(options) : elasticsearchSource(options);
  const open = ({ path }: FileSourceOptions): Source => {
    const make = sources.get(path);
    if (make === undefined)
      throw new Failure('source_unreadable', { message: path, retryable: false });
    return make();
  };
  const batches = mergeFiles({ paths: [...sources.keys()], decoder, open });
  return { batches, progress: () => undefined };
}

/** Shows every event of a history that lies in its span, with a progress line; returns how many. */
export async function observeHistory(
  options: HistoryOptions & { readonly progress: boolean },
  observe: (event: TelemetryEvent) => void,
): Promise<number> {
  const history = await openHistory(options, inputDecoder(options.inputFormat));
  const progress = new Progress(options.progress);
  const { from = -Infinity, to = Infinity } = options;
  let events = 0;
  for await (const batch of history.batches) {
    for (const event of batch.flatMap((decoded) => decoded.events)) {
      if (event.time < from || event.time >= to) continue;
      events += 1;
      observe(event);
    }
    progress.update(() => ({ share: history.progress(), text: counted(events, 'event') }));
  }
  progress.clear();
  return events;
}

function fileHistory(options: HistoryOptions, decoder: Decoder): History {
  const paths = existingFiles(options.over);
  const total = totalBytes(paths);
  let read = 0;
  const onBytes = (bytes: number): void => {
    read = bytes;
  };
  return {
    batches: mergeFiles({ paths, decoder, open: openFile, onBytes }),
    progress: () => (total === undefined ? undefined : read / Math.max(1, total)),
  };
}

async function kafkaSources(options: HistoryOptions): Promise<ReadonlyMap<string, () => Source>> {
  const configured = configuredSource(options, 'kafka');
  const settings = {
    ...configured,
    ...(options.brokers === undefined ? {} : { brokers: options.brokers.split(',') }),
  } as unknown as KafkaSettings & { readonly topics?: readonly string[] };
  const topics = options.topic?.split(',') ?? settings.topics;
  if (settings.brokers === undefined || topics === undefined) {
    throw new UsageError('--over kafka: needs --brokers and --topic, or --config');
  }
  const connection = connectionOf(settings, 'tidegate-backtest');
  const sources = new Map<string, () => Source>();
  for (const topic of topics) {
    const partitions = await topicHistory({ connection, topic, from: options.from });
    for (const [name, open] of partitions) sources.set(name, open);
  }
  return sources;
}

function elasticsearchSource(options: HistoryOptions): ReadonlyMap<string, () => Source> {
  const configured = configuredSink(options, 'elasticsearch');
  const apiKey = options.apiKey ?? process.env['TIDEGATE_ELASTICSEARCH_API_KEY'];
  const settings = {
    ...configured,
    ...(options.url === undefined ? {} : { url: options.url }),
    ...(apiKey === undefined ? {} : { api_key: apiKey }),
  } as unknown as ElasticsearchSettings;
  if (settings.url === undefined) {
    throw new UsageError('--over elasticsearch: needs --url, or --config with such a sink');
  }
  const { index = 'logs-*', from, to } = options;
  const open = (): Source => ({
    name: index,
    batches: (): AsyncIterable<readonly RawRecord[]> => indexHistory({ settings, index, from, to }),
    acknowledge: (): Promise<void> => Promise.resolve(),
    [Symbol.asyncDispose]: (): Promise<void> => Promise.resolve(),
  });
  return new Map([[index, open]]);
}

function configuredSource({ config }: HistoryOptions, kind: string): object | undefined {
  if (config === undefined) return undefined;
  return usableConfig(config).sources.find((source) => source.kind === kind)?.settings;
}

function configuredSink({ config }: HistoryOptions, kind: string): object | undefined {
  if (config === undefined) return undefined;
  const { primary, secondary } = usableConfig(config);
  return [primary, ...secondary].find((sink) => sink.kind === kind)?.settings;
}
