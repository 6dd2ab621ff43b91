import type { JsonObject } from '../base/json.ts';
import type { ProcessFacts } from './event.ts';
import { textOf } from './field-value.ts';
import { integerOf, isMeant } from './reader.ts';
import type { Reader } from './reader.ts';
import type { EventTime } from './record.ts';
import type { ProcessReaders } from './shape.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What the data says of a process, or undefined when it says nothing. */
export function readProcess(
  readers: ProcessReaders,
  data: JsonObject,
  time: EventTime,
): ProcessFacts | undefined {
  const facts: Writable<ProcessFacts> = {};
  const guid = text(readers.guid, data);
  if (guid !== undefined && !NO_GUID.test(guid)) facts.guid = plainGuid(guid);
  const pid = integerOf(readers.pid?.(data));
  if (pid !== undefined) facts.pid = pid;
  const start = readers.startsNow === true ? time : integerOf(readers.start?.(data));
  if (start !== undefined) facts.start = start;
  const executable = text(readers.executable, data);
  if (executable !== undefined) facts.executable = executable;
  const commandLine = text(readers.commandLine, data);
  if (commandLine !== undefined) facts.commandLine = commandLine;
  const signer = text(readers.signer, data);
  if (signer !== undefined) facts.signer = signer;
  const user = text(readers.user, data);
  if (user !== undefined) facts.user = user;
  const isNamed = facts.guid !== undefined || pid !== undefined || executable !== undefined;
  if (!isNamed) return undefined;
  const parent = readers.parent === undefined ? undefined : readProcess(readers.parent, data, time);
  if (parent !== undefined) facts.parent = parent;
  return facts;
}

/** The image of the process that the data speaks of. */
export function readImage(readers: ProcessReaders, data: JsonObject): string | undefined {
  return text(readers.executable, data);
}

// Sysmon writes a GUID of zeros when it missed the process' start (22 and 255 in the recordings).
const NO_GUID = /^\{?[0-]*\}?$/;

const GUID = /^\{?[0-9A-Fa-f]{8}-[0-9A-Fa-f-]{27}\}?$/;

// The same process is `{39E4…}` through one shipper and `39e4…` through another. Ids of another form, such as
// Elastic's base64, stay as they are: case tells them apart.
function plainGuid(guid: string): string {
  if (!GUID.test(guid)) return guid;
  const from = guid.startsWith('{') ? 1 : 0;
  return guid.slice(from, from + GUID_LENGTH).toLowerCase();
}

const GUID_LENGTH = 36;

function text(reader: Reader | undefined, data: JsonObject): string | undefined {
  const value = reader?.(data);
  return isMeant(value) ? textOf(value) : undefined;
}
