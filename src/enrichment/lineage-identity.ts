import type { ProcessFacts } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
import type { HostProcesses, ProcessRow } from './lineage-host.ts';

/** Two sensors report one launch within milliseconds of each other (Sysmon 1 and Security 4688). */
export const SAME_LAUNCH_MS = 2000;

// On Linux and macOS a program that replaces itself starts anew under its own pid; a pid comes round much later.
const REPLACED_WITHIN_MS = 60_000;

/** The sensor's identity of the process; Sysmon writes a GUID of zeros where it does not know it. */
export function guidOf(facts: ProcessFacts): string | undefined {
  const { guid } = facts;
  return guid === undefined || guid === '' || isZero(guid) ? undefined : guid;
}

function isZero(guid: string): boolean {
  // Most begin with another digit.
  const head = guid.charCodeAt(0);
  const mayBe = head === 0x7b || head === 0x30 || head === 0x2d;
  return mayBe && /^\{?[0-]+\}?$/.test(guid);
}

/** The row that these facts speak of at this time, where events come in event-time order of the host. */
export function findProcess(
  host: HostProcesses,
  facts: ProcessFacts,
  time: EventTime,
): ProcessRow | undefined {
  const guid = guidOf(facts);
  const identified = guid === undefined ? undefined : host.withGuid(guid);
  if (identified !== undefined) return identified.expiresAt >= time ? identified : undefined;
  const row = facts.pid === undefined ? undefined : host.withPid(facts.pid);
  if (row === undefined || row.expiresAt < time) return undefined;
  const isOther =
    (guid !== undefined && row.guid !== undefined) ||
    row.firstSeen > time + SAME_LAUNCH_MS ||
    startedAtOtherTime(facts.start, row) ||
    namesOtherImage(facts.executable, row.executable);
  return isOther ? undefined : row;
}

/** The row of a launch that another sensor, or an event of the new process, told of before. */
export function findLaunch(
  host: HostProcesses,
  facts: ProcessFacts,
  time: EventTime,
): ProcessRow | undefined {
  const row = findProcess(host, facts, time);
  if (row === undefined) return undefined;
  if (row.guid !== undefined && row.guid === facts.guid) return row;
  const isRecent = !row.hasEnded && time - row.firstSeen <= SAME_LAUNCH_MS;
  return isRecent && fileNamesAgree(facts.executable, row.executable) ? row : undefined;
}

/** The program that this launch replaced in its own process (execve): same pid, same parent, no exit between. */
export function findReplaced(
  host: HostProcesses,
  facts: ProcessFacts,
  time: EventTime,
): ProcessRow | undefined {
  if (facts.pid === undefined || facts.parent?.pid === undefined) return undefined;
  const row = host.withPid(facts.pid);
  if (row === undefined || row.hasEnded || row.parentPid !== facts.parent.pid) return undefined;
  if (facts.executable?.includes('\\') === true) return undefined;
  return time - row.lastSeen <= REPLACED_WITHIN_MS ? row : undefined;
}

function startedAtOtherTime(start: EventTime | undefined, row: ProcessRow): boolean {
  if (start === undefined) return false;
  if (row.start === undefined) return start > row.firstSeen + SAME_LAUNCH_MS;
  return Math.abs(start - row.start) > SAME_LAUNCH_MS;
}

// On Windows the image of a process never changes, so another one means that the pid has a new owner. Elsewhere a
// script's path and its interpreter's, or a link's and its target's, name one process in different events.
function namesOtherImage(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined || one === other) return false;
  if (!one.includes('\\') || !other.includes('\\')) return false;
  return !fileNamesAgree(one, other);
}

// Folders are not compared: sensors write one of them with a drive letter, as a device, or through a link.
function fileNamesAgree(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined || one === other) return true;
  return fileName(one) === fileName(other);
}

function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase();
}
