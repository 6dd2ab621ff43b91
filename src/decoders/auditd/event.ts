import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { AuditLine } from './line.ts';
import { syscallName } from './syscalls.ts';
import { socketAddress } from './values.ts';

const VALUES_MAX = 64;
const ARGUMENTS_MAX = 1024;

/** One file that a call named. */
export interface AuditPath {
  readonly name: string;
  /** `NORMAL`, `CREATE`, `DELETE`, `PARENT`, `UNKNOWN`. */
  readonly kind: string;
}

/** What all lines of one event say together. */
export interface AuditFacts {
  /** Each field's value, or its values where lines have several. */
  readonly fields: ReadonlyMap<string, JsonValue>;
  readonly syscall: string | undefined;
  readonly succeeded: boolean | undefined;
  readonly commandLine: string | undefined;
  readonly title: string | undefined;
  readonly cwd: string | undefined;
  readonly paths: readonly AuditPath[];
  readonly saddr: string | undefined;
}

/** Reads the lines of one event together. */
export function readFacts(lines: readonly AuditLine[]): AuditFacts {
  const fields = new Map<string, JsonValue>();
  for (const line of lines) {
    addField(fields, 'type', line.type);
    for (const [name, value] of line.fields) if (value !== '') addField(fields, name, value);
  }
  const call = lines.find((line) => line.fields.has('syscall'))?.fields;
  const own = (name: string): string | undefined => meant(call?.get(name) ?? first(lines, name));
  const success = own('success') ?? own('res');
  return {
    fields,
    syscall: syscallOf(call, lines),
    succeeded: success === undefined ? undefined : success === 'yes' || success === 'success',
    commandLine: argumentsOf(lines) ?? first(lines, 'cmdline') ?? first(lines, 'cmd'),
    title: first(lines, 'proctitle')?.replaceAll('\0', ' ').trim(),
    cwd: first(lines, 'cwd'),
    paths: lines
      .filter((line) => line.fields.has('nametype'))
      .map(({ fields: path }) => ({
        name: path.get('name') ?? '',
        kind: path.get('nametype') ?? '',
      })),
    saddr: first(lines, 'saddr'),
  };
}

/** The event's fields as rules of auditd name them, and beside them Sigma's own names of what they mean. */
export function dataOf(facts: AuditFacts): JsonObject {
  const field = (name: string): JsonValue | undefined => facts.fields.get(name);
  const pick = (...kinds: readonly string[]): string | undefined => pathOf(facts, kinds);
  const address = facts.saddr === undefined ? undefined : socketAddress(facts.saddr);
  const isRename = facts.syscall?.startsWith('rename') === true;
  const target = isRename
    ? (pick('CREATE') ?? pick('NORMAL'))
    : pick('CREATE', 'DELETE', 'NORMAL', 'UNKNOWN');
  const named: Readonly<Record<string, JsonValue | undefined>> = {
    SyscallName: facts.syscall,
    CommandLine: facts.commandLine ?? facts.title,
    Image: field('exe'),
    ProcessId: field('pid'),
    ParentProcessId: field('ppid'),
    User: field('UID') ?? field('user') ?? field('uid'),
    CurrentDirectory: facts.cwd,
    TargetFilename: target,
    SourceFilename: isRename ? pick('DELETE') : undefined,
    PeerIp: address?.ip ?? field('peer_ip'),
    PeerPort: address === undefined ? field('peer_port') : String(address.port),
  };
  const data = new Map(facts.fields);
  for (const [name, value] of Object.entries(named)) if (value !== undefined) data.set(name, value);
  return Object.fromEntries(data);
}

function addField(fields: Map<string, JsonValue>, name: string, value: string): void {
  const known = fields.get(name);
  if (known === undefined) fields.set(name, value);
  else if (typeof known === 'string') {
    if (known !== value) fields.set(name, [known, value]);
  } else if (Array.isArray(known) && known.length < VALUES_MAX && !known.includes(value)) {
    fields.set(name, [...known, value]);
  }
}

function syscallOf(
  call: ReadonlyMap<string, string> | undefined,
  lines: readonly AuditLine[],
): string | undefined {
  const named = call?.get('SYSCALL') ?? call?.get('syscall');
  if (named !== undefined) return syscallName(call?.get('arch') ?? '', named);
  // Some senders put the call into the type.
  return lines.some((line) => line.type === 'EXECVE' || line.type === 'AUOMS_EXECVE')
    ? 'execve'
    : undefined;
}

// Long arguments come in pieces: `a2_len=9000 a2[0]=… a2[1]=…`, over several lines.
function argumentsOf(lines: readonly AuditLine[]): string | undefined {
  const pieces = new Map<string, string>();
  for (const { type, fields } of lines)
    if (type === 'EXECVE') for (const e of fields) pieces.set(...e);
  const parts: string[] = [];
  for (let index = 0; index < ARGUMENTS_MAX; index++) {
    let text = pieces.get(`a${index}`);
    for (let piece = 0; pieces.has(`a${index}[${piece}]`); piece++) {
      text = (text ?? '') + (pieces.get(`a${index}[${piece}]`) ?? '');
    }
    if (text === undefined) break;
    parts.push(text);
  }
  return parts.length === 0 ? undefined : parts.join(' ');
}

// The last one: a call's own file stands behind its parents.
function pathOf(facts: AuditFacts, kinds: readonly string[]): string | undefined {
  for (const kind of kinds) {
    const found = facts.paths.filter((path) => path.kind === kind && path.name !== '');
    // Behind a program stands its loader, so of a launch the first is meant.
    const path = facts.syscall?.startsWith('execve') === true ? found[0] : found.at(-1);
    if (path !== undefined) return absolute(path.name, facts.cwd);
  }
  return undefined;
}

function absolute(name: string, cwd: string | undefined): string {
  if (name.startsWith('/') || cwd === undefined || !cwd.startsWith('/')) return name;
  const base = cwd.endsWith('/') ? cwd : `${cwd}/`;
  return base + (name.startsWith('./') ? name.slice(2) : name);
}

function first(lines: readonly AuditLine[], name: string): string | undefined {
  for (const { fields } of lines) {
    const value = meant(fields.get(name));
    if (value !== undefined) return value;
  }
  return undefined;
}

function meant(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
