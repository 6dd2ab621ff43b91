import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Command } from 'commander';

import { SchemaCheck } from '../base/schema.ts';
import { KAFKA_PROPERTIES, type KafkaSettings } from '../kafka/settings.ts';
import { readDeadLetter } from '../sinks/dead-letter.ts';
import type { Letter } from '../sinks/letter.ts';
import { UsageError } from './exit.ts';
import { counted } from './format.ts';

/** A letter with what `show` finds it by. */
export interface IdentifiedLetter {
  /** In files its number, from 1, the oldest first; in topics PARTITION/OFFSET. */
  readonly id: string;
  readonly letter: Letter;
}

/** Where letters are, and which of them are meant. */
export interface PlaceOptions {
  readonly dataDir: string;
  readonly topic?: string;
  readonly brokers?: string;
  readonly kafkaUsername?: string;
  readonly kafkaMechanism?: string;
  readonly kafkaCaFile?: string;
  readonly reason?: string;
}

/** Adds the options by which a command finds its letters. */
export function withPlace(command: Command): Command {
  return command
    .argument('[file]', 'dead-letter file')
    .option('--data-dir <dir>', 'where refused records are kept', '.tidegate')
    .option('--topic <name>', 'a topic of Kafka in place of a file')
    .option('--brokers <list>', 'its brokers, host:port, with commas between', '127.0.0.1:9092')
    .option('--kafka-ca-file <file>', 'PEM file of the authority of the brokers: TLS')
    .option('--kafka-mechanism <name>', 'plain, scram-sha-256 or scram-sha-512', 'scram-sha-512')
    .option('--kafka-username <name>', 'user; the password is TIDEGATE_KAFKA_PASSWORD');
}

/** The letters that options mean; what is no letter is passed over, and its count told. */
export async function* lettersAt(
  file: string | undefined,
  options: PlaceOptions,
): AsyncGenerator<IdentifiedLetter> {
  let unreadable = 0;
  for await (const { id, letter } of everyLetter(file, options)) {
    if (letter === undefined) unreadable++;
    else if (options.reason === undefined || letter.reason === options.reason) yield { id, letter };
  }
  if (unreadable > 0) {
    const letters = counted(unreadable, 'letter');
    process.stderr.write(`${letters} can not be read (cut short, or not ours)\n`);
  }
}

async function* everyLetter(
  file: string | undefined,
  options: PlaceOptions,
): AsyncGenerator<{ readonly id: string; readonly letter: Letter | undefined }> {
  if (options.topic !== undefined) {
    const settings = { ...kafkaSettings(options), topic: options.topic };
    const { readKafkaDeadLetter } = await import('../sinks/kafka/dead-letter.ts');
    for await (const { partition, offset, letter } of readKafkaDeadLetter(settings)) {
      yield { id: `${partition}/${offset}`, letter };
    }
    return;
  }
  let number = 0;
  for await (const letter of readDeadLetter(pathOf(file, options.dataDir))) {
    number++;
    yield { id: String(number), letter };
  }
}

function pathOf(file: string | undefined, dataDir: string): string {
  if (file !== undefined) {
    if (!existsSync(file)) throw new UsageError(`${file}: no such file`);
    return file;
  }
  const places = ['dead-letter.ndjson', 'refused.ndjson'].map((name) => join(dataDir, name));
  const found = places.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new UsageError(
    `nothing was refused, or not here: there is neither ${places.join(' nor ')}; name the file, or --data-dir`,
  );
}

function kafkaSettings(options: PlaceOptions): KafkaSettings {
  const { brokers = '', kafkaUsername: username, kafkaCaFile: caFile } = options;
  const settings = {
    brokers: brokers.split(','),
    ...(caFile === undefined ? {} : { tls: { ca_file: caFile } }),
    ...(username === undefined
      ? {}
      : {
          sasl: {
            mechanism: options.kafkaMechanism,
            username,
            password: process.env['TIDEGATE_KAFKA_PASSWORD'] ?? '',
          },
        }),
  };
  const schema = { type: 'object', properties: KAFKA_PROPERTIES, required: ['brokers'] };
  const [problem] = new SchemaCheck(schema).problems(settings);
  if (problem === undefined) return settings as KafkaSettings;
  throw new UsageError(`Kafka: ${problem.path.join('.')}: ${problem.message}`);
}
