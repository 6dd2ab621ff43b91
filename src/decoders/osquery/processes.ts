import { timeOfSeconds } from '../../base/date.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Activity } from '../../event/event.ts';
import { ecsKind } from '../../event/ecs-fields.ts';
import { ownField } from '../../event/field-value.ts';
import { converted, field, first } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import type { ProcessReaders } from '../../event/shape.ts';
import { guid, kindOf, parentPid, processFields, user } from './kind.ts';
import type { KindByProduct } from './kind.ts';
import type { OsqueryTable } from './tables.ts';

const image = first('path', 'name');

const aliases: ReadonlyMap<string, Reader> = new Map([
  ['Image', image],
  ['CommandLine', field('cmdline')],
  ['CurrentDirectory', field('cwd')],
  ['ProcessId', field('pid')],
  ['ParentProcessId', parentPid],
  ['User', user],
]);

const named: ProcessReaders = {
  guid,
  pid: field('pid'),
  executable: first('path'),
  commandLine: first('cmdline'),
  signer: first('team_id', 'signing_id'),
  user,
  parent: { pid: parentPid },
};
const launched: ProcessReaders = { ...named, startsNow: true };
const running: ProcessReaders = {
  ...named,
  start: converted(field('start_time'), timeOfSeconds),
};

function processKind(
  categories: readonly string[],
  activity: Activity,
  process: ProcessReaders,
  [type, action]: readonly [type: string, action: string],
): KindByProduct {
  const fields = [...ecsKind('process', type, action), ...processFields(image)];
  return kindOf({ categories, activity, process, aliases, fields });
}

const launch = processKind(['process_creation'], 'process_start', launched, ['start', 'start']);
// A fork has its parent's image until it executes another: a launch for lineage, not for rules.
const fork = processKind([], 'process_start', launched, ['start', 'fork']);
const exit = processKind(['process_termination'], 'process_end', named, ['end', 'end']);
// A query over `processes` found one that the query before it did not.
const found = processKind(['process_creation'], 'process_start', running, ['start', 'found']);
const inventory = processKind([], 'other', running, ['info', 'inventory']);

// `syscall` of process_events and bpf_process_events, `event_type` of es_process_events, `type` of process_etw_events.
const byWord: ReadonlyMap<string, KindByProduct> = new Map([
  ['fork', fork],
  ['vfork', fork],
  ['clone', fork],
  ['clone3', fork],
  ['exit', exit],
  ['exit_group', exit],
  ['ProcessStop', exit],
]);

const words: Readonly<Partial<Record<OsqueryTable, string>>> = {
  process_events: 'syscall',
  bpf_process_events: 'syscall',
  es_process_events: 'event_type',
  process_etw_events: 'type',
};

/** The kind of a row of a table of processes, or undefined for another table. */
export function processRowKind(
  table: OsqueryTable,
  row: JsonObject,
  isNew: boolean,
): KindByProduct | undefined {
  if (table === 'processes') return isNew ? found : inventory;
  const column = words[table];
  if (column === undefined) return undefined;
  if (!isNew) return inventory;
  const word = ownField(row, column);
  return (typeof word === 'string' ? byWord.get(word) : undefined) ?? launch;
}
