import { ecsImage } from '../../event/ecs-fields.ts';
import { textOf } from '../../event/field-value.ts';
import { at, converted, either, integer } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField, ProcessReaders } from '../../event/shape.ts';

/** Where a record has what macOS says of one process. */
export interface TokenPaths {
  readonly pid: string;
  /** Grows with each program that a pid runs, so that both together never come again while the machine runs. */
  readonly pidVersion: string;
  readonly executable: string;
  readonly userId: string;
  readonly userName?: string;
  readonly teamId: string;
  readonly signingId: string;
  readonly parentPid: string;
  readonly parentPidVersion: string;
  /** The app behind a helper that launchd started for it. */
  readonly responsiblePid: string;
  readonly responsiblePidVersion: string;
}

/** Readers of one process. */
export interface ProcessToken {
  readonly readers: ProcessReaders;
  readonly fields: readonly EcsField[];
  readonly aliases: readonly (readonly [string, Reader])[];
}

const LAUNCHD = '1';

/** `pid:pidversion`, the identity of a program's run. */
function identity(pid: string, version: string): Reader {
  const readPid = at(pid);
  const readVersion = at(version);
  return (data) => {
    const first = textOf(readPid(data));
    const second = textOf(readVersion(data));
    return first === undefined || second === undefined ? undefined : `${first}:${second}`;
  };
}

/** Reads a process, its identity and who started it: of a helper of launchd, the app that it works for. */
export function processToken(paths: TokenPaths): ProcessToken {
  const pid = at(paths.pid);
  const guid = identity(paths.pid, paths.pidVersion);
  const executable = at(paths.executable);
  const userId = at(paths.userId);
  const userName = paths.userName === undefined ? undefined : at(paths.userName);
  const user = userName === undefined ? userId : either(userName, userId);
  const teamId = at(paths.teamId);
  const signingId = at(paths.signingId);
  const ownParent = at(paths.parentPid);
  const responsible = at(paths.responsiblePid);
  const ownIdentity = identity(paths.parentPid, paths.parentPidVersion);
  const responsibleIdentity = identity(paths.responsiblePid, paths.responsiblePidVersion);
  const worksForAnother: (data: Parameters<Reader>[0]) => boolean = (data) => {
    const app = textOf(responsible(data));
    const isHelper = textOf(ownParent(data)) === LAUNCHD;
    return isHelper && app !== undefined && app !== '0' && app !== textOf(pid(data));
  };
  const parentPid: Reader = (data) => (worksForAnother(data) ? responsible : ownParent)(data);
  const parentGuid: Reader = (data) =>
    (worksForAnother(data) ? responsibleIdentity : ownIdentity)(data);
  return {
    readers: {
      guid,
      pid,
      executable,
      signer: either(teamId, signingId),
      user,
      parent: { guid: parentGuid, pid: parentPid },
    },
    fields: [
      ecs('process.entity_id', guid),
      ecs('process.pid', integer(pid)),
      ...ecsImage('process', executable),
      ecs('process.parent.pid', integer(ownParent)),
      ecs('process.parent.entity_id', ownIdentity),
      ecs('process.code_signature.team_id', teamId),
      ecs('process.code_signature.signing_id', signingId),
      ecs('user.id', converted(userId, textOf)),
      ...(userName === undefined ? [] : [ecs('user.name', userName)]),
    ],
    aliases: [
      ['Image', executable],
      ['ProcessId', pid],
      ['ParentProcessId', ownParent],
      ['User', user],
    ],
  };
}
