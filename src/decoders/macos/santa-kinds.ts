import type { JsonObject } from '../../base/json.ts';
import { isJsonObject, ownValue, valueAt } from '../../base/json.ts';
import { at, constant, converted, either } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EventShape } from '../../event/shape.ts';
import { computedHashes, ecsHash, hashAliases } from '../hash-fields.ts';
import type { HashReaders } from '../hash-fields.ts';
import { textOfBase64 } from '../proxy/base64.ts';
import { commandLineOf, listAt, macShape } from './kind.ts';
import type { MacRow, MacSensor } from './kind.ts';
import { processToken } from './process-token.ts';
import type { ProcessToken } from './process-token.ts';

/** The sensor's name. */
export const SANTA = 'santa';

const sensor: MacSensor = { name: SANTA, dataPath: 'santa', fields: [] };

function tokenAt(prefix: string): ProcessToken {
  return processToken({
    pid: `${prefix}.id.pid`,
    pidVersion: `${prefix}.id.pidversion`,
    executable: `${prefix}.executable.path`,
    userId: `${prefix}.real_user.uid`,
    userName: `${prefix}.real_user.name`,
    teamId: `${prefix}.code_signature.team_id`,
    signingId: `${prefix}.code_signature.signing_id`,
    parentPid: `${prefix}.parent_id.pid`,
    parentPidVersion: `${prefix}.parent_id.pidversion`,
    responsiblePid: `${prefix}.responsible_id.pid`,
    responsiblePidVersion: `${prefix}.responsible_id.pidversion`,
  });
}

const instigator = tokenAt('instigator');
const launched = tokenAt('target');
const child = tokenAt('child');

// A digest says which algorithm made it; Santa computes SHA-256.
function sha256At(prefix: string): HashReaders {
  return computedHashes({ sha256: at(`${prefix}.hash.hash`) });
}

const programHash = sha256At('target.executable');
const fileHash = sha256At('target');

// A target is a file, or the path that it will have.
const target: Reader = either(at('target.path'), at('target'));
const source: Reader = either(at('source.path'), at('source'));

function shape(row: Omit<MacRow, 'actor'> & { readonly actor?: ProcessToken }): EventShape {
  return macShape(sensor, { actor: instigator, ...row });
}

const commandLine = commandLineOf(listAt(['args']), textOfBase64);

function execShape(isAllowed: boolean): EventShape {
  const process = { ...launched.readers, startsNow: true, commandLine };
  return shape({
    categories: isAllowed ? ['process_creation'] : [],
    activity: isAllowed ? 'process_start' : 'other',
    actor: launched,
    ...(isAllowed ? { process } : {}),
    kind: ['process', isAllowed ? 'start' : 'denied', isAllowed ? 'exec' : 'execution-blocked'],
    aliases: [
      ['CommandLine', commandLine],
      ['CurrentDirectory', at('working_directory.path')],
      ...hashAliases(programHash),
    ],
    fields: [
      ecs('event.outcome', constant(isAllowed ? 'success' : 'failure')),
      ecs('event.reason', at('reason')),
      ecs('process.command_line', commandLine),
      ecs('process.working_directory', at('working_directory.path')),
      ...ecsHash('process', programHash),
    ],
  });
}

const exec = execShape(true);
const blocked = execShape(false);
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

function write(action: string): EventShape {
  return shape({
    categories: action === 'rename' ? ['file_rename'] : ['file_event'],
    activity: 'file_write',
    kind: ['file', action === 'creation' ? 'creation' : 'change', action],
    file: target,
    source,
    fields: ecsHash('file', fileHash),
  });
}

const written = write('write');
const renamed = write('rename');
const copied = write('creation');
const closedUnchanged = shape({ kind: ['file', 'info', 'close'], file: target });
const exchanged = shape({
  categories: ['file_rename'],
  activity: 'file_write',
  kind: ['file', 'change', 'exchange'],
  file: at('file1.path'),
  source: at('file2.path'),
});
const deleted = shape({
  categories: ['file_delete'],
  activity: 'file_delete',
  kind: ['file', 'deletion', 'deletion'],
  file: target,
});

// Of watched paths; what the policy refused was not read.
const accessFields = [
  ecs('rule.name', at('policy_name')),
  ecs(
    'event.outcome',
    converted(at('policy_decision'), (value) =>
      typeof value === 'string' && value.startsWith('POLICY_DECISION_DENIED')
        ? 'failure'
        : 'success',
    ),
  ),
];
const accessRead = shape({
  categories: ['file_access'],
  activity: 'file_read',
  kind: ['file', 'access', 'open'],
  file: target,
  fields: accessFields,
});
const accessOther = shape({
  kind: ['file', 'access', 'watched-file'],
  file: target,
  fields: accessFields,
});

function told(category: string, type: string, action: string): EventShape {
  return shape({ kind: [category, type, action], showsData: true });
}

const permission = shape({
  kind: ['configuration', 'change', 'tcc-modify'],
  showsData: true,
  fields: [
    ecs('macos.tcc.service', at('service')),
    ecs('macos.tcc.identity', at('identity')),
    ecs('macos.tcc.right', at('authorization_right')),
    ecs('macos.tcc.reason', at('authorization_reason')),
    ecs('macos.tcc.update_type', at('event_type')),
  ],
});

// By the name of the message's one event.
const kinds: ReadonlyMap<string, EventShape> = new Map([
  ['execution', exec],
  ['fork', fork],
  ['exit', exit],
  ['close', written],
  ['rename', renamed],
  ['unlink', deleted],
  ['link', copied],
  ['clone', copied],
  ['copyfile', copied],
  ['exchangedata', exchanged],
  ['file_access', accessRead],
  ['tcc_modification', permission],
  ['allowlist', told('configuration', 'creation', 'allowlist')],
  ['authentication', told('authentication', 'start', 'authentication')],
  ['codesigning_invalidated', told('process', 'change', 'signature-invalidated')],
  ['disk', told('host', 'info', 'disk')],
  ['gatekeeper_override', told('configuration', 'change', 'gatekeeper-override')],
  ['launch_item', told('configuration', 'change', 'launch-item')],
  ['login_logout', told('session', 'info', 'login')],
  ['login_window_session', told('session', 'info', 'login-window')],
  ['open_ssh', told('session', 'info', 'ssh')],
  ['proc_suspend_resume', told('process', 'change', 'suspend-resume')],
  ['screen_sharing', told('session', 'info', 'screen-sharing')],
  ['xprotect', told('malware', 'info', 'xprotect')],
]);

const other = told('host', 'info', 'santa');

/** The names under which a message may hold its event. */
export const santaEvents: readonly string[] = [...kinds.keys()];

/** The shape of an event of this name. */
export function santaShape(name: string, event: JsonObject): EventShape {
  const known = kinds.get(name) ?? other;
  if (known === exec) {
    const decision = ownValue(event, 'decision');
    return typeof decision === 'string' && decision.startsWith('DECISION_DENY') ? blocked : exec;
  }
  if (known === written) {
    return ownValue(event, 'modified') === true ? written : closedUnchanged;
  }
  if (known === accessRead) return accessShape(event);
  return known;
}

function accessShape(event: JsonObject): EventShape {
  const type = ownValue(event, 'access_type');
  const decision = ownValue(event, 'policy_decision');
  const isDenied = typeof decision === 'string' && decision.startsWith('POLICY_DECISION_DENIED');
  return type === 'ACCESS_TYPE_OPEN' && !isDenied ? accessRead : accessOther;
}

/** The event inside a message, and its name. */
export function santaEventOf(
  message: JsonObject,
): { readonly name: string; readonly event: JsonObject } | undefined {
  for (const name of santaEvents) {
    const event = valueAt(message, [name]);
    if (isJsonObject(event)) return { name, event };
  }
  return undefined;
}
