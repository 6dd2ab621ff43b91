import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { openKafkaProducer, type KafkaProducerOptions } from '../../../src/kafka/producer.ts';
import type { Fault } from '../fault.ts';
import { until } from '../instance.ts';
import { Scene } from '../scene.ts';
import { StatusPage } from '../status.ts';

const MIB = 1024 * 1024;
type Compression = NonNullable<KafkaProducerOptions['compression']>;
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
/** What a process that detects may take, with room for the machine's noise. */
const RESIDENT_BYTES_MAX = 700 * MIB;

/** Values that are no telemetry, each with the reason under which it is kept. */
const POISON: readonly (readonly [string, Uint8Array | string])[] = [
  ['not JSON', 'no JSON at all'],
  ['cut JSON', '{"EventID": 1,'],
  ['a list', '[]'],
  ['a number', '17'],
  ['nothing', 'null'],
  ['an empty value', ''],
  ['deep nesting', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ['bytes of a schema that nobody sent', new Uint8Array([0, 0, 0, 0, 7, 0x0a, 0x74, 0x6f])],
  ['gzip', new Uint8Array([0x1f, 0x8b, 0x08, 0x00])],
  ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ['names of prototypes', '{"__proto__":{"polluted":true},"constructor":{"prototype":1}}'],
];

/** Faults of what a topic holds. */
export const poisonFaults: readonly Fault[] = [
  {
    id: 'P1-kafka',
    fault: 'poison in a topic: no JSON, deep nesting, schema-less bytes, null keys and values',
    run: async (stage) => {
      await using scene = await Scene.open(stage);
      await scene.produce(0, 0.5);
      await send(scene, [
        ...POISON.map(([, value]) => ({ key: null, value })),
        { key: 'deleted', value: null },
        { key: null, value: null },
      ]);
      await scene.produce(0.5, 1);
      const status = await StatusPage.reserve();
      const config = scene.config({ status });
      scene.start(config);
      return await scene.settled(async () => ({
        'each is counted': (await status.metric('tidegate_refused_records_total')) >= POISON.length,
        'each is kept': lettersOf(config) === POISON.length,
        'values that were deleted are counted':
          (await status.metric('tidegate_tombstones_total')) >= 2,
      }));
    },
  },
  {
    id: 'P4',
    fault: 'a message of 100 MB, and bombs of each compression',
    run: async (stage) => {
      await using scene = await Scene.open(stage);
      await scene.produce(0, 0.5);
      const huge = [{ key: null, value: Buffer.alloc(100_000_000, 'x') }];
      await send(scene, huge, 'none');
      const bombs = stage.isShort ? (['zstd'] as const) : CODECS.slice(1);
      for (const compression of bombs) {
        await send(scene, [{ key: null, value: Buffer.alloc(90 * MIB) }], compression);
      }
      await scene.produce(0.5, 1);
      const member = scene.start(scene.config());
      let most = 0;
      const watch = setInterval(() => (most = Math.max(most, member.residentBytes)), 50);
      try {
        return await scene.settled(async () => ({
          'each bomb was passed over by name':
            count(member.log, '"reason":"bad_compression"') === bombs.length,
          'the message was refused by its size': member.log.includes('"reason":"too_large"'),
          [`memory stayed below the limit (${String(Math.round(most / MIB))} MiB)`]:
            most < RESIDENT_BYTES_MAX,
        }));
      } finally {
        clearInterval(watch);
      }
    },
  },
  {
    id: 'P5',
    isLong: true,
    fault: 'batches of no compression, gzip, snappy, lz4 and zstd mixed in one topic',
    run: async (stage) => {
      await using scene = await Scene.open(stage);
      const pieces = 20;
      for (let piece = 0; piece < pieces; piece++) {
        const compression = CODECS[piece % CODECS.length] ?? 'none';
        await scene.produce(piece / pieces, (piece + 1) / pieces, compression);
      }
      const status = await StatusPage.reserve();
      scene.start(scene.config({ status }));
      const read = async (): Promise<boolean> =>
        (await status.metric('tidegate_records_total')) >= scene.all.length;
      await until(read, 120_000);
      const records = await status.metric('tidegate_records_total');
      return await scene.settled(async () => ({
        'each record was read once': records === scene.all.length,
      }));
    },
  },
];

async function send(
  { connection, topic }: Scene,
  messages: readonly { readonly key: string | null; readonly value: Uint8Array | string | null }[],
  compression: Compression = 'none',
): Promise<void> {
  await using producer = openKafkaProducer({ connection, compression });
  await producer.send(topic, messages);
}

/** Places of the records that an instance of this configuration has kept; it may keep one twice. */
function lettersOf(config: string): number {
  const path = join(dirname(config), 'state', 'dead-letter.ndjson');
  if (!existsSync(path)) return 0;
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return new Set(lines.map((line) => JSON.stringify(Object(JSON.parse(line)).position))).size;
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
