import { ecsImage, ecsUser } from '../../event/ecs-fields.ts';
import { at, constant, converted, either, field, integer, integerOf } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField, ProcessReaders } from '../../event/shape.ts';
import { computedHashes, ecsHash, hashAliases } from '../hash-fields.ts';
import type { HashReaders } from '../hash-fields.ts';

/**
 * A field of Cloud Funnel, whose names have dots in them; some relays make objects of them. Exports of Deep
 * Visibility's queries have names of their own for the same.
 */
export function s1(name: string, deepVisibility?: string): Reader {
  const readers = [field(name), at(name)];
  return deepVisibility === undefined
    ? either(...readers)
    : either(...readers, field(deepVisibility));
}

/** Readers of one process, by the prefix of its fields. */
interface ProcessFields {
  readonly image: Reader;
  readonly name: Reader;
  readonly commandLine: Reader;
  readonly guid: Reader;
  readonly pid: Reader;
  readonly start: Reader;
  readonly user: Reader;
  readonly publisher: Reader;
  readonly hashes: HashReaders;
}

function processAt(prefix: string, short: string): ProcessFields {
  return {
    image: s1(`${prefix}.image.path`, `${short}ImagePath`),
    name: s1(`${prefix}.name`, `${short}Name`),
    commandLine: s1(`${prefix}.cmdline`, `${short}CmdLine`),
    guid: s1(`${prefix}.uid`, `${short}Uid`),
    pid: s1(`${prefix}.pid`, `${short}Pid`),
    start: s1(`${prefix}.startTime`),
    user: s1(`${prefix}.user`, `${short}User`),
    publisher: s1(`${prefix}.publisher`, `${short}Publisher`),
    hashes: computedHashes({
      md5: s1(`${prefix}.image.md5`, `${short}ImageMd5`),
      sha1: s1(`${prefix}.image.sha1`, `${short}ImageSha1`),
      sha256: s1(`${prefix}.image.sha256`, `${short}ImageSha256`),
    }),
  };
}

const source = processAt('src.process', 'srcProc');
const sourceParent = processAt('src.process.parent', 'srcProcParent');
const target = processAt('tgt.process', 'tgtProc');

function facts(fields: ProcessFields, parent?: ProcessReaders): ProcessReaders {
  return {
    guid: fields.guid,
    pid: fields.pid,
    start: started(fields.start),
    executable: either(fields.image, fields.name),
    commandLine: fields.commandLine,
    signer: fields.publisher,
    user: fields.user,
    ...(parent === undefined ? {} : { parent }),
  };
}

// -11644473600000 stands for a time that is not known.
function started(time: Reader): Reader {
  return converted(time, (value) => {
    const ms = integerOf(value);
    return ms !== undefined && ms > 0 ? ms : undefined;
  });
}

/** The process that acted. */
export const actor: ProcessReaders = facts(source, facts(sourceParent));

/** The process that a launch began; who acted is its parent. */
export const launched: ProcessReaders = facts(target, facts(source, facts(sourceParent)));

function processFields(prefix: string, fields: ProcessFields): readonly EcsField[] {
  return [
    ecs(`${prefix}.entity_id`, fields.guid),
    ecs(`${prefix}.name`, fields.name),
    ...ecsImage(prefix, fields.image),
    ecs(`${prefix}.pid`, integer(fields.pid)),
    ecs(`${prefix}.command_line`, fields.commandLine),
    ecs(`${prefix}.start`, iso(started(fields.start))),
    ...ecsHash(prefix, fields.hashes),
    ecs(`${prefix}.code_signature.subject_name`, fields.publisher),
  ];
}

/** What every record says of the machine. */
export const commonFields: readonly EcsField[] = [
  ecs('event.kind', constant('event')),
  ecs('event.module', constant('sentinelone')),
  ecs('event.code', s1('event.type', 'eventType')),
  ecs('event.id', s1('event.id', 'id')),
  ecs('host.id', s1('agent.uuid', 'agentUuid')),
  ecs('host.os.full', s1('os.name')),
  ecs('agent.version', s1('agent.version', 'agentVersion')),
];

/** ECS fields of events in which a process did something. */
export const actorFields: readonly EcsField[] = [
  ...commonFields,
  ...processFields('process', source),
  ...processFields('process.parent', sourceParent),
  ...ecsUser('user', source.user),
];

/** ECS fields of a launch. */
export const launchFields: readonly EcsField[] = [
  ...commonFields,
  ...processFields('process', target),
  ...processFields('process.parent', source),
  ...ecsUser('user', either(target.user, source.user)),
];

/** Sigma's names of the acting process. */
export const actorAliases: readonly (readonly [string, Reader])[] = aliasesOf(source, sourceParent);

/** Sigma's names of a launch. */
export const launchAliases: readonly (readonly [string, Reader])[] = [
  ...aliasesOf(target, source),
  ...hashAliases(target.hashes),
];

function aliasesOf(
  own: ProcessFields,
  parent: ProcessFields,
): readonly (readonly [string, Reader])[] {
  return [
    ['Image', either(own.image, own.name)],
    ['CommandLine', own.commandLine],
    ['ProcessGuid', own.guid],
    ['ProcessId', own.pid],
    ['Company', own.publisher],
    ['ParentImage', either(parent.image, parent.name)],
    ['ParentCommandLine', parent.commandLine],
    ['ParentProcessGuid', parent.guid],
    ['ParentProcessId', parent.pid],
    ['User', either(own.user, source.user)],
  ];
}

/** Where the image of the acting and of the other process stands, for events between two processes. */
export const images: { readonly source: Reader; readonly target: Reader } = {
  source: source.image,
  target: target.image,
};

/** Milliseconds as ECS writes a moment. */
function iso(time: Reader): Reader {
  return converted(time, (value) =>
    typeof value === 'number' && value < 8.64e15 ? new Date(value).toISOString() : undefined,
  );
}
