import type { Decoder } from '../decoders/decoder.ts';
import { createAutoDecoder, findDecoder } from '../decoders/index.ts';
import type { Assignment } from '../sources/source.ts';
import type { Config, RepartitionConfig, SourceConfig } from './config/config.ts';
import { hitsDecoder } from './outbox/hits-decoder.ts';
import type { HitsTask, HitsTopic, HitsTopicSettings } from './outbox/hits-topic.ts';
import type { Outbox } from './outbox/outbox.ts';
import { defaultAddressBookLimits } from './repartition/address-book.ts';
import { Repartitioner } from './repartition/repartitioner.ts';
import type { RulesInForce } from './rules-in-force.ts';
import type { Judge } from './task/runner.ts';

/** A source and what its tasks do with the records. */
export interface Stream {
  readonly config: SourceConfig;
  /** One for each task: decoders may remember. */
  readonly decoder: () => Decoder;
  /** A fresh engine, of the rules that are in force now. */
  readonly judge: (decoder: Decoder, assignment: Assignment) => Judge;
  /** Where a task puts what other tasks have to see. */
  readonly outbox: (task: HitsTask) => Outbox | undefined;
}

/** Names the source of hits, and its tasks in checkpoints and metrics. */
export const ACROSS_HOSTS = 'across-hosts';

/** The streams of a configuration: its sources, and the hits that they hand over. */
export function streamsOf(
  { sources, acrossHosts }: Pick<Config, 'sources' | 'acrossHosts'>,
  rules: RulesInForce,
  hits: HitsTopic | undefined,
): readonly Stream[] {
  const telemetry = sources.map((config): Stream => ({
    config,
    decoder: () => decoderOf(config.inputFormat),
    judge: (decoder) => ({ engine: rules.detector(decoder).engine, epoch: rules.epoch }),
    outbox: (task) => hits?.outbox(task),
  }));
  if (acrossHosts === undefined) return telemetry;
  return [...telemetry, hitsStream(sources, acrossHosts, rules)];
}

/** The streams whose records are keyed anew. */
export function repartitionStreams(
  { sources, validMs }: RepartitionConfig,
  outbox: Outbox,
): readonly Stream[] {
  const limits = { ...defaultAddressBookLimits, validMs };
  return sources.map((config) => ({
    config,
    decoder: () => decoderOf(config.inputFormat),
    judge: (_, { inputs }) => {
      const references = inputs.filter(({ kind }) => kind === 'reference');
      const engine = new Repartitioner(new Set(references.map(({ source }) => source)), limits);
      return { engine, epoch: 'repartition' };
    },
    outbox: () => outbox,
  }));
}

function hitsStream(
  sources: readonly SourceConfig[],
  { topic, group, brokers, tls, sasl }: HitsTopicSettings,
  rules: RulesInForce,
): Stream {
  const connection = { brokers, ...(tls && { tls }), ...(sasl && { sasl }) };
  const formats = new Set(sources.map(({ inputFormat }) => inputFormat));
  const [format = 'auto'] = formats.size === 1 ? formats : [];
  return {
    config: {
      kind: 'kafka',
      name: ACROSS_HOSTS,
      inputFormat: hitsDecoder.name,
      settings: { ...connection, topics: [topic], group },
    },
    decoder: () => hitsDecoder,
    judge: () => ({ engine: rules.acrossHosts(decoderOf(format)), epoch: rules.epoch }),
    outbox: () => undefined,
  };
}

function decoderOf(inputFormat: string): Decoder {
  const decoder = inputFormat === 'auto' ? createAutoDecoder() : findDecoder(inputFormat);
  if (decoder === undefined) throw new Error('the configuration names decoders of the shelf');
  return decoder;
}
