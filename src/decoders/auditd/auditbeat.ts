import { parseTime } from '../../base/date.ts';
import { isJsonArray, isJsonObject, ownValue, valueAt } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { textOf } from '../../event/field-value.ts';
import type { FieldValue } from '../../event/event.ts';
import type { JsonFormat } from '../format.ts';
import { hostOfRecord } from '../host.ts';
import { emitLines } from './audit-event.ts';
import { readLine } from './line.ts';
import type { AuditLine } from './line.ts';

const PATHS_MAX = 64;
const ARGUMENTS_MAX = 1024;

/** Where a shipper that puts audit records together keeps what they said. */
interface Form {
  readonly time: readonly string[];
  readonly type: readonly string[];
  readonly sequence: readonly string[];
  readonly result: readonly string[];
  readonly data: readonly string[];
  readonly paths: readonly string[];
  /** By the name that the audit log itself uses. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly title: readonly string[];
  readonly args: readonly string[];
  readonly cwd: readonly string[];
  readonly address: readonly string[];
  readonly port: readonly string[];
}

const path = (text: string): readonly string[] => text.split('.');

// Auditbeat's documents, which are ECS but for what only audit knows.
const beat: Form = {
  time: ['@timestamp'],
  type: path('auditd.message_type'),
  sequence: path('auditd.sequence'),
  result: path('auditd.result'),
  data: path('auditd.data'),
  paths: path('auditd.paths'),
  fields: {
    pid: path('process.pid'),
    ppid: path('process.parent.pid'),
    exe: path('process.executable'),
    comm: path('process.name'),
    uid: path('user.id'),
    UID: path('user.name'),
    auid: path('user.audit.id'),
    euid: path('user.effective.id'),
    key: ['tags'],
  },
  title: path('process.title'),
  args: path('process.args'),
  cwd: path('process.working_directory'),
  address: path('destination.ip'),
  port: path('destination.port'),
};

// What the library under Auditbeat makes of an event's records.
const coalesced: Form = {
  time: ['@timestamp'],
  type: ['record_type'],
  sequence: ['sequence'],
  result: ['result'],
  data: ['data'],
  paths: ['paths'],
  fields: {
    pid: path('process.pid'),
    ppid: path('process.ppid'),
    exe: path('process.exe'),
    comm: path('process.name'),
    uid: path('user.ids.uid'),
    auid: path('user.ids.auid'),
    euid: path('user.ids.euid'),
    UID: path('user.names.uid'),
    key: ['tags'],
  },
  title: path('process.title'),
  args: path('process.args'),
  cwd: path('process.cwd'),
  address: path('destination.ip'),
  port: path('destination.port'),
};

// Of what only audit knows, the fields that rules ask for.
const DATA_FIELDS: readonly string[] = [
  'a0',
  'a1',
  'a2',
  'a3',
  'acct',
  'addr',
  'arch',
  'cmd',
  'exit',
  'hostname',
  'op',
  'saddr',
  'syscall',
  'terminal',
  'tty',
  'unit',
];

/** Audit events as Auditbeat, or the library under it, puts them together. */
export const auditbeat: JsonFormat = {
  recognises: (object) => inner(object) !== undefined,
  decode(object, record, _isPlain, emit) {
    const found = inner(object);
    if (found === undefined) return { reason: 'unknown_format', detail: 'no audit event' };
    const { event, form } = found;
    const text = textAt(event, form.time) ?? '';
    const time = parseTime(text);
    if (time === undefined) return { reason: 'invalid_time', detail: text.slice(0, 40) };
    const serial = textAt(event, form.sequence) ?? '0';
    const host = textAt(object, ['host', 'name']) ?? hostOfRecord(record);
    emitLines(linesOf(event, form, { time, serial }), { host, record, whole: object }, emit);
    return undefined;
  },
};

/** Single audit records, each parsed, with the line that they were parsed from. */
export const auditRecords: JsonFormat = {
  recognises: (object) =>
    typeof ownValue(object, 'record_type') === 'string' &&
    typeof ownValue(object, 'raw_msg') === 'string',
  decode(object, record, _isPlain, emit) {
    const type = textAt(object, ['record_type']) ?? '';
    const line = readLine(`type=${type.toUpperCase()} msg=${textAt(object, ['raw_msg']) ?? ''}`);
    if (line === undefined) return { reason: 'missing_field', detail: 'audit(time:serial)' };
    const host = line.node ?? textAt(object, ['host', 'name']) ?? hostOfRecord(record);
    emitLines([line], { host, record, whole: object }, emit);
    return undefined;
  },
};

function inner(
  object: JsonObject,
): { readonly event: JsonObject; readonly form: Form } | undefined {
  if (isJsonObject(ownValue(object, 'auditd'))) {
    return isJsonObject(valueAt(object, beat.data)) ? { event: object, form: beat } : undefined;
  }
  if (isCoalesced(object)) return { event: object, form: coalesced };
  const event = ownValue(object, 'event');
  return isJsonObject(event) && isCoalesced(event) ? { event, form: coalesced } : undefined;
}

function isCoalesced(object: JsonObject): boolean {
  return (
    typeof ownValue(object, 'record_type') === 'string' &&
    isJsonObject(ownValue(object, 'summary')) &&
    isJsonObject(ownValue(object, 'process'))
  );
}

// The same lines again, so that both forms of an event are read by one code.
function linesOf(
  event: JsonObject,
  form: Form,
  place: { readonly time: number; readonly serial: string },
): readonly AuditLine[] {
  const line = (type: string, fields: Iterable<readonly [string, string]>): AuditLine => ({
    ...place,
    type,
    node: undefined,
    fields: new Map(fields),
  });
  const result = textAt(event, form.result);
  const own: (readonly [string, string])[] = [];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== 'unset') own.push([name, value]);
  };
  for (const name of DATA_FIELDS) add(name, textAt(event, [...form.data, name]));
  for (const [name, at] of Object.entries(form.fields)) add(name, textAt(event, at));
  if (result !== undefined) add('success', result === 'success' ? 'yes' : 'no');
  add('peer_ip', textAt(event, form.address));
  add('peer_port', textAt(event, form.port));
  const type = textAt(event, form.type)?.toUpperCase() ?? 'SYSCALL';
  const lines = [line(type, own)];
  const args = valueAt(event, form.args);
  const cwd = textAt(event, form.cwd);
  const title = textAt(event, form.title);
  if (isJsonArray(args)) lines.push(line('EXECVE', argumentFields(args)));
  if (cwd !== undefined) lines.push(line('CWD', [['cwd', cwd]]));
  for (const fields of pathFields(valueAt(event, form.paths))) lines.push(line('PATH', fields));
  if (title !== undefined) lines.push(line('PROCTITLE', [['proctitle', title]]));
  return lines;
}

function* argumentFields(args: readonly JsonValue[]): Generator<readonly [string, string]> {
  for (const [index, arg] of args.slice(0, ARGUMENTS_MAX).entries()) {
    yield [`a${index}`, typeof arg === 'string' ? arg : ''];
  }
}

function* pathFields(
  paths: JsonValue | undefined,
): Generator<readonly (readonly [string, string])[]> {
  if (!isJsonArray(paths)) return;
  for (const each of paths.slice(0, PATHS_MAX)) {
    if (!isJsonObject(each)) continue;
    yield [
      ['name', textAt(each, ['name']) ?? ''],
      ['nametype', textAt(each, ['nametype']) ?? ''],
    ];
  }
}

// A list of keys is told by its first.
function textAt(object: JsonObject, at: readonly string[]): string | undefined {
  const value = valueAt(object, at);
  const single = isJsonArray(value) ? value[0] : value;
  const text =
    isJsonObject(single) || isJsonArray(single) ? undefined : textOf(single as FieldValue);
  return text === '' ? undefined : text;
}
