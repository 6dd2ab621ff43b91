import { isJsonArray, isJsonObject, ownValue } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { ecsFile, ecsKind } from '../../event/ecs-fields.ts';
import { constant } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField, EventShape, ProcessReaders } from '../../event/shape.ts';
import type { Activity } from '../../event/event.ts';
import { ecsAliases, shapeOfKind } from '../event-kind.ts';
import type { ProcessToken } from './process-token.ts';

/** What a sensor of macOS adds to each of its kinds. */
export interface MacSensor {
  readonly name: string;
  readonly fields: readonly EcsField[];
  /** Below which documents show the sensor's own fields. */
  readonly dataPath: string;
}

/** One kind of event. */
export interface MacRow {
  readonly categories?: readonly string[];
  readonly service?: string;
  readonly activity?: Activity;
  readonly kind: readonly [category: string, type: string, action: string];
  readonly actor: ProcessToken;
  readonly process?: ProcessReaders;
  readonly file?: Reader;
  readonly source?: Reader;
  readonly fields?: readonly EcsField[];
  readonly aliases?: readonly (readonly [string, Reader])[];
  /** ECS has no names for what matters most in it. */
  readonly showsData?: boolean;
}

/** The shape of a kind of event of a sensor of macOS. */
export function macShape(sensor: MacSensor, row: MacRow): EventShape {
  const { actor, file, source } = row;
  return shapeOfKind({
    sensor: sensor.name,
    product: 'macos',
    categories: row.categories ?? [],
    services: row.service === undefined ? [] : [row.service],
    activity: row.activity ?? 'other',
    process: row.process ?? actor.readers,
    aliases: [
      ...actor.aliases,
      ...(file === undefined
        ? []
        : ([
            ['TargetFilename', file],
            ['FileName', file],
          ] as const)),
      ...(source === undefined ? [] : ([['SourceFilename', source]] as const)),
      // What has no name in Sigma's taxonomy is read by ECS' own.
      ...(row.showsData === true
        ? ecsAliases([...ecsKind(...row.kind), ...(row.fields ?? [])])
        : []),
      ...(row.aliases ?? []),
    ],
    fields: [
      ...ecsKind(...row.kind),
      ecs('event.kind', constant('event')),
      ecs('event.module', constant(sensor.name)),
      ecs('host.os.type', constant('macos')),
      ...sensor.fields,
      ...actor.fields,
      ...(file === undefined ? [] : ecsFile(file)),
      ...(source === undefined ? [] : [ecs('file.Ext.original.path', source)]),
      ...(row.fields ?? []),
    ],
    dataPath: row.showsData === true ? sensor.dataPath : undefined,
  });
}

const ARGUMENTS_MAX = 1024;

/** A command line from a list of arguments; each argument's text is read by `textOfItem`. */
export function commandLineOf(
  list: (data: JsonObject) => unknown,
  textOfItem: (item: string) => string | undefined = (item) => item,
): Reader {
  return (data) => {
    const args = list(data);
    if (!Array.isArray(args) || args.length === 0) return undefined;
    const texts: string[] = [];
    for (const item of args.slice(0, ARGUMENTS_MAX) as readonly unknown[]) {
      const text = typeof item === 'string' ? textOfItem(item) : undefined;
      if (text !== undefined) texts.push(text);
    }
    return texts.length === 0 ? undefined : texts.join(' ');
  };
}

/** The list at the end of these names, or undefined. */
export function listAt(path: readonly string[]): (data: JsonObject) => unknown {
  return (data) => {
    let value: unknown = data;
    for (const name of path) {
      if (!isJsonObject(value as JsonObject)) return undefined;
      value = ownValue(value as JsonObject, name);
    }
    return isJsonArray(value as never) ? value : undefined;
  };
}
