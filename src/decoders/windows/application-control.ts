import { ecsFile, ecsImage, ecsKind } from '../../event/ecs-fields.ts';
import { constant, converted, first, integer } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { EcsField } from '../../event/shape.ts';
import { computedHashes, ecsHash, hashAliases } from '../hash-fields.ts';
import type { WindowsKind } from './kind.ts';
import { serviceKind } from './service-kind.ts';

/** What became of a program: allowed, blocked, or it would have been if the policy were enforced. */
interface Verdict {
  readonly action: string;
  readonly type: string;
  readonly outcome: string;
}

const allowed: Verdict = { action: 'execution-allowed', type: 'allowed', outcome: 'success' };
const audited: Verdict = {
  action: 'execution-would-be-blocked',
  type: 'allowed',
  outcome: 'success',
};
const blocked: Verdict = { action: 'execution-blocked', type: 'denied', outcome: 'failure' };

function verdictFields({ action, type, outcome }: Verdict): readonly EcsField[] {
  return [...ecsKind('process', type, action), ecs('event.outcome', constant(outcome))];
}

// AppLocker writes the path with its own variables (`%OSDRIVE%`) and, where it can, in full.
const lockedPath = first('FullFilePath', 'FilePath');
const lockedHashes = computedHashes({ sha256: first('FileHash') });

function appLockerKindOf(verdict: Verdict): WindowsKind {
  return serviceKind({
    service: 'applocker',
    process: { pid: first('TargetProcessId'), executable: lockedPath },
    aliases: new Map([['Image', lockedPath], ...hashAliases(lockedHashes)]),
    fields: [
      ...verdictFields(verdict),
      ...ecsImage('process', lockedPath),
      ecs('process.pid', integer(first('TargetProcessId'))),
      ...ecsFile(lockedPath),
      ...ecsHash('file', lockedHashes),
      ecs('user.id', first('TargetUser')),
      ecs('rule.name', first('RuleName')),
      ecs('rule.ruleset', first('PolicyName')),
    ],
  });
}

const isAllowed = appLockerKindOf(allowed);
const isAudited = appLockerKindOf(audited);
const isBlocked = appLockerKindOf(blocked);
const otherLocker = serviceKind({
  service: 'applocker',
  fields: ecsKind('configuration', 'info', 'application-control'),
});

// By event id: EXE and DLL, MSI and Script, packaged apps (execution, deployment).
const appLocker: ReadonlyMap<number, WindowsKind> = new Map([
  [8002, isAllowed],
  [8003, isAudited],
  [8004, isBlocked],
  [8005, isAllowed],
  [8006, isAudited],
  [8007, isBlocked],
  [8020, isAllowed],
  [8021, isAudited],
  [8022, isBlocked],
  [8023, isAllowed],
  [8024, isAudited],
  [8025, isBlocked],
]);

/** The kind of an event of AppLocker's channels. */
export function appLockerKind(eventId: number): WindowsKind {
  return appLocker.get(eventId) ?? otherLocker;
}

const integrityPath = first('File Name', 'FileName', 'FileNameBuffer');
const loader = first('Process Name', 'ProcessName', 'ProcessNameBuffer');
const integrityHashes = computedHashes({
  sha1: converted(first('SHA1 Hash', 'SHA1Hash', 'Hash'), (value) =>
    typeof value === 'string' && value.length === 40 ? value : undefined,
  ),
  sha256: first('SHA256 Hash', 'SHA256Hash', 'SHA256 Flat Hash'),
});

// The policy spoke about a file that a process loaded or started.
function integrityKindOf(verdict: Verdict): WindowsKind {
  return serviceKind({
    service: 'codeintegrity-operational',
    process: { executable: loader },
    aliases: new Map([['Image', loader], ...hashAliases(integrityHashes)]),
    fields: [
      ...verdictFields(verdict),
      ...ecsImage('process', loader),
      ...ecsFile(integrityPath),
      ...ecsHash('file', integrityHashes),
      ecs('file.pe.original_file_name', first('OriginalFileName')),
      ecs('file.pe.product', first('ProductName')),
      ecs('rule.ruleset', first('PolicyName')),
    ],
  });
}

const integrityAudited = integrityKindOf(audited);
const integrityBlocked = integrityKindOf(blocked);
const otherIntegrity = serviceKind({
  service: 'codeintegrity-operational',
  fields: ecsKind('driver', 'info', 'code-integrity'),
});

/** The kind of an event of Windows Defender Application Control, which code integrity enforces. */
export function codeIntegrityKind(eventId: number): WindowsKind {
  if (eventId === 3076) return integrityAudited;
  return eventId === 3077 ? integrityBlocked : otherIntegrity;
}
