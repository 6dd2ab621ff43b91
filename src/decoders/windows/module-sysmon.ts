import { isJsonArray, isJsonObject, ownValue, valueAt } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { hashNames } from '../../event/hashes.ts';
import { integerOf } from '../../event/reader.ts';
import { names, put, putAll, userIn } from './module-restoring.ts';
import type { Restoring } from './module-restoring.ts';
import { MAPPED } from './sysmon-dns.ts';

const byAnyProcess = names({
  RuleName: 'rule.name',
  CommandLine: 'process.command_line',
  CurrentDirectory: 'process.working_directory',
  ParentProcessGuid: 'process.parent.entity_id',
  ParentProcessId: 'process.parent.pid',
  ParentImage: 'process.parent.executable',
  ParentCommandLine: 'process.parent.command_line',
  Protocol: 'network.transport',
  SourceIp: 'source.ip',
  SourcePort: 'source.port',
  SourceHostname: 'source.domain',
  DestinationIp: 'destination.ip',
  DestinationPort: 'destination.port',
  DestinationHostname: 'destination.domain',
  QueryName: 'dns.question.name',
  TargetObject: 'registry.path',
});
const byActor = names({
  ProcessGuid: 'process.entity_id',
  ProcessId: 'process.pid',
  Image: 'process.executable',
});
const bySource = names({
  SourceProcessGUID: 'process.entity_id',
  SourceProcessId: 'process.pid',
  SourceImage: 'process.executable',
});
const ofPe: readonly (readonly [string, string])[] = [
  ['OriginalFileName', 'original_file_name'],
  ['Company', 'company'],
  ['Description', 'description'],
  ['FileVersion', 'file_version'],
  ['Product', 'product'],
];

// By the event's id; of most others it is the target.
const filePaths: ReadonlyMap<number, string> = new Map([
  [6, 'ImageLoaded'],
  [7, 'ImageLoaded'],
  [9, 'Device'],
]);
const PIPES: ReadonlySet<number> = new Set([17, 18]);
const BY_SOURCE: ReadonlySet<number> = new Set([8, 10]);

/** Fields of Sysmon's events. */
export function restoreSysmon(restoring: Restoring): void {
  const { record, id } = restoring;
  putAll(restoring, BY_SOURCE.has(id) ? bySource : byActor);
  putAll(restoring, byAnyProcess);
  put(restoring, 'User', userIn(record));
  if (PIPES.has(id)) put(restoring, 'PipeName', valueAt(record, ['file', 'name']));
  else put(restoring, filePaths.get(id) ?? 'TargetFilename', valueAt(record, ['file', 'path']));
  for (const holder of ['process', 'file']) {
    for (const [name, own] of ofPe) put(restoring, name, valueAt(record, [holder, 'pe', own]));
    put(restoring, 'Hashes', hashesIn(record, holder));
  }
  put(restoring, 'Initiated', initiatedIn(record));
  put(restoring, 'QueryResults', resultsIn(record));
  put(restoring, 'QueryStatus', statusIn(record));
  put(restoring, 'Details', detailsIn(record));
}

// As Sysmon lists them: `SHA1=…,MD5=…`.
function hashesIn(record: JsonObject, holder: string): string {
  const parts: string[] = [];
  for (const name of hashNames) {
    const own = name === 'imphash' ? ['pe', name] : ['hash', name];
    const value = valueAt(record, [holder, ...own]);
    if (typeof value === 'string') parts.push(`${name.toUpperCase()}=${value.toUpperCase()}`);
  }
  return parts.join(',');
}

const directions: ReadonlyMap<unknown, string> = new Map([
  ['egress', 'true'],
  ['outbound', 'true'],
  ['ingress', 'false'],
  ['inbound', 'false'],
]);

function initiatedIn(record: JsonObject): string | undefined {
  return directions.get(valueAt(record, ['network', 'direction']));
}

const ANSWERS_MAX = 64;
const recordTypes: ReadonlyMap<unknown, number> = new Map([
  ['NS', 2],
  ['CNAME', 5],
  ['SOA', 6],
  ['PTR', 12],
  ['MX', 15],
  ['TXT', 16],
  ['SRV', 33],
]);

function resultsIn(record: JsonObject): string {
  const answers = valueAt(record, ['dns', 'answers']);
  let results = '';
  if (!isJsonArray(answers)) return results;
  for (const answer of answers.slice(0, ANSWERS_MAX)) {
    if (!isJsonObject(answer)) continue;
    const data = ownValue(answer, 'data');
    if (typeof data !== 'string') continue;
    const type = ownValue(answer, 'type');
    const code = recordTypes.get(type);
    if (code !== undefined) results += `type:  ${code} ${data};`;
    else if (type === 'A' || type === 'AAAA') results += `${type === 'A' ? MAPPED : ''}${data};`;
  }
  return results;
}

function statusIn(record: JsonObject): JsonValue | undefined {
  const status = valueAt(record, ['sysmon', 'dns', 'status']);
  return status === 'SUCCESS' ? '0' : status;
}

// Sysmon writes `DWORD (0x00000001)`, the modules the number in decimal.
function detailsIn(record: JsonObject): string | undefined {
  const strings = valueAt(record, ['registry', 'data', 'strings']);
  const text = isJsonArray(strings) ? strings[0] : strings;
  if (typeof text !== 'string') return undefined;
  const type = valueAt(record, ['registry', 'data', 'type']);
  const number = integerOf(text);
  if (typeof type !== 'string' || number === undefined || number < 0) return text;
  if (type.endsWith('_DWORD')) return `DWORD (0x${hex(number)})`;
  if (!type.endsWith('_QWORD')) return text;
  const high = Math.floor(number / 2 ** 32);
  return `QWORD (0x${hex(high)}-0x${hex(number % 2 ** 32)})`;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
