import { isJsonObject, ownValue, valueAt } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { ecsEndpoint } from '../../event/ecs-fields.ts';
import { textOf } from '../../event/field-value.ts';
import { at, constant, either, first, integer, integerOf } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EventShape } from '../../event/shape.ts';
import { commandLineOf, listAt, macShape } from './kind.ts';
import type { MacRow, MacSensor } from './kind.ts';
import { processToken } from './process-token.ts';
import type { ProcessToken } from './process-token.ts';

/** The sensor's name. */
export const ESLOGGER = 'eslogger';

const sensor: MacSensor = {
  name: ESLOGGER,
  dataPath: 'macos.event',
  fields: [ecs('event.sequence', integer(first('global_seq_num', 'glob_seq_num')))],
};

function tokenAt(prefix: string): ProcessToken {
  return processToken({
    pid: `${prefix}.audit_token.pid`,
    pidVersion: `${prefix}.audit_token.pidversion`,
    executable: `${prefix}.executable.path`,
    userId: `${prefix}.audit_token.ruid`,
    teamId: `${prefix}.team_id`,
    signingId: `${prefix}.signing_id`,
    parentPid: `${prefix}.ppid`,
    parentPidVersion: `${prefix}.parent_audit_token.pidversion`,
    responsiblePid: `${prefix}.responsible_audit_token.pid`,
    responsiblePidVersion: `${prefix}.responsible_audit_token.pidversion`,
  });
}

const actor = tokenAt('process');
// `process` is the program before the exec, in the same process.
const launched = tokenAt('event.exec.target');
const child = tokenAt('event.fork.child');

// A new file is a folder and a name; one that stood there before is told by its path.
function destination(event: string, folder: string): Reader {
  const existing = at(`event.${event}.destination.existing_file.path`);
  const path = at(`event.${event}.${folder}.path`);
  const inner = at(`event.${event}.${folder}.dir.path`);
  const name = either(
    at(`event.${event}.${folder}.filename`),
    at(`event.${event}.target_filename`),
    at(`event.${event}.target_name`),
  );
  return (data) => {
    const known = textOf(existing(data));
    if (known !== undefined) return known;
    const parent = textOf(inner(data)) ?? textOf(path(data));
    const own = textOf(name(data));
    if (parent === undefined) return own;
    return own === undefined ? parent : `${parent.endsWith('/') ? parent : `${parent}/`}${own}`;
  };
}

function shape(row: Omit<MacRow, 'actor'> & { readonly actor?: ProcessToken }): EventShape {
  return macShape(sensor, { actor, ...row });
}

const commandLine = commandLineOf(listAt(['event', 'exec', 'args']));

const exec = shape({
  categories: ['process_creation'],
  activity: 'process_start',
  actor: launched,
  process: { ...launched.readers, startsNow: true, commandLine },
  kind: ['process', 'start', 'exec'],
  aliases: [
    ['CommandLine', commandLine],
    ['CurrentDirectory', at('event.exec.cwd.path')],
  ],
  fields: [
    ecs('process.command_line', commandLine),
    ecs('process.working_directory', at('event.exec.cwd.path')),
  ],
});
const fork = shape({
  activity: 'process_start',
  actor: child,
  process: { ...child.readers, startsNow: true },
  kind: ['process', 'start', 'fork'],
});
const exit = shape({
  categories: ['process_termination'],
  activity: 'process_end',
  kind: ['process', 'end', 'end'],
});

function read(file: Reader, action: string): EventShape {
  return shape({
    categories: ['file_access'],
    activity: 'file_read',
    kind: ['file', 'access', action],
    file,
  });
}

function write(file: Reader, action: string, source?: Reader): EventShape {
  return shape({
    categories: action === 'rename' ? ['file_rename'] : ['file_event'],
    activity: 'file_write',
    kind: ['file', action === 'creation' ? 'creation' : 'change', action],
    file,
    ...(source === undefined ? {} : { source }),
  });
}

const opened = at('event.open.file.path');
const openRead = read(opened, 'open');
const openWrite = write(opened, 'open');
const closed = write(at('event.close.target.path'), 'write');
const closedUnchanged = shape({
  kind: ['file', 'info', 'close'],
  file: at('event.close.target.path'),
});

const connect = shape({
  categories: ['network_connection'],
  activity: 'connection',
  kind: ['network', 'connection', 'connection'],
  aliases: [
    ['DestinationIp', at('event.network_connect.address')],
    ['DestinationPort', at('event.network_connect.port')],
    ['DestinationHostname', at('event.network_connect.hostname')],
    ['Initiated', constant('true')],
  ],
  fields: [
    ...ecsEndpoint(
      'destination',
      at('event.network_connect.address'),
      at('event.network_connect.port'),
    ),
    ecs('destination.domain', at('event.network_connect.hostname')),
    ecs('network.direction', constant('egress')),
  ],
});

// What people grant and apps ask for; the record itself says what.
function told(category: string, type: string, action: string): EventShape {
  return shape({ kind: [category, type, action], showsData: true });
}

const tcc = 'event.tcc_modify';
const permission = shape({
  service: 'tcc',
  kind: ['configuration', 'change', 'tcc-modify'],
  showsData: true,
  fields: [
    ecs('macos.tcc.service', at(`${tcc}.service`)),
    ecs('macos.tcc.identity', at(`${tcc}.identity`)),
    ecs('macos.tcc.right', at(`${tcc}.right`)),
    ecs('macos.tcc.reason', at(`${tcc}.reason`)),
    ecs('macos.tcc.update_type', at(`${tcc}.update_type`)),
  ],
});

// By the name of the event's one member.
const kinds: ReadonlyMap<string, EventShape> = new Map([
  ['exec', exec],
  ['fork', fork],
  ['exit', exit],
  ['create', write(destination('create', 'destination.new_path'), 'creation')],
  ['write', write(at('event.write.target.path'), 'write')],
  ['truncate', write(at('event.truncate.target.path'), 'write')],
  [
    'rename',
    write(destination('rename', 'destination.new_path'), 'rename', at('event.rename.source.path')),
  ],
  ['clone', write(destination('clone', 'target_dir'), 'creation', at('event.clone.source.path'))],
  [
    'copyfile',
    write(destination('copyfile', 'target_dir'), 'creation', at('event.copyfile.source.path')),
  ],
  ['link', write(destination('link', 'target_dir'), 'creation', at('event.link.source.path'))],
  [
    'unlink',
    shape({
      categories: ['file_delete'],
      activity: 'file_delete',
      kind: ['file', 'deletion', 'deletion'],
      file: at('event.unlink.target.path'),
    }),
  ],
  ['file_provider_materialize', read(at('event.file_provider_materialize.target.path'), 'pull')],
  ['file_provider_update', write(at('event.file_provider_update.target_path'), 'push')],
  ['network_connect', connect],
  ['tcc_modify', permission],
  ['authorization_petition', told('authentication', 'start', 'authorization-petition')],
  ['authorization_judgement', told('authentication', 'info', 'authorization-judgement')],
  ['sudo', told('authentication', 'info', 'sudo')],
  ['authentication', told('authentication', 'start', 'authentication')],
  ['gatekeeper_user_override', told('configuration', 'change', 'gatekeeper-override')],
  ['btm_launch_item_add', told('configuration', 'creation', 'launch-item-add')],
  ['profile_add', told('configuration', 'creation', 'profile-add')],
]);

const other = told('host', 'info', 'endpoint-security');

const FREAD = 1;
const FWRITE = 2;

/** The shape of an event, by the one member of its `event`. */
export function esloggerShape(record: JsonObject): EventShape {
  const event = ownValue(record, 'event');
  if (!isJsonObject(event)) return other;
  const open = ownValue(event, 'open');
  if (isJsonObject(open)) {
    const flags = integerOf(textOf(ownValue(open, 'fflag') as never)) ?? FREAD;
    return (flags & FWRITE) === 0 ? openRead : openWrite;
  }
  if (isJsonObject(ownValue(event, 'close'))) {
    return valueAt(event, ['close', 'modified']) === true ? closed : closedUnchanged;
  }
  for (const [name, found] of kinds) if (isJsonObject(ownValue(event, name))) return found;
  return other;
}
