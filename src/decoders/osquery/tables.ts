import type { JsonObject } from '../../base/json.ts';
import { ownValue } from '../../base/json.ts';

/** The tables of osquery that tell of activity, or of the state that activity left. */
export type OsqueryTable =
  | 'process_events'
  | 'es_process_events'
  | 'process_etw_events'
  | 'processes'
  | 'process_file_events'
  | 'es_process_file_events'
  | 'file_events'
  | 'socket_events'
  | 'bpf_process_events'
  | 'bpf_socket_events'
  | 'dns_lookup_events';

interface TableMark {
  readonly table: OsqueryTable;
  readonly columns: readonly string[];
}

// Columns that no other table has together, so they outweigh the query's name (`agent_file_events` may well be
// over process_file_events). Columns after the table specifications of osquery 5.
const certain: readonly TableMark[] = [
  { table: 'bpf_process_events', columns: ['probe_error', 'cmdline'] },
  { table: 'bpf_socket_events', columns: ['probe_error', 'remote_address'] },
  { table: 'es_process_file_events', columns: ['event_type', 'filename'] },
  { table: 'es_process_events', columns: ['event_type', 'cmdline'] },
  { table: 'process_file_events', columns: ['operation', 'executable'] },
  { table: 'file_events', columns: ['target_path', 'action'] },
  { table: 'socket_events', columns: ['remote_address', 'remote_port', 'action'] },
];

// The fallback behind the name, from the most telling to the least: a query may choose and rename columns.
const likely: readonly TableMark[] = [
  { table: 'dns_lookup_events', columns: ['name', 'type', 'response', 'pid'] },
  { table: 'process_etw_events', columns: ['type', 'cmdline', 'ppid'] },
  { table: 'processes', columns: ['pid', 'cmdline', 'start_time'] },
  { table: 'processes', columns: ['pid', 'cmdline', 'resident_size'] },
  { table: 'process_events', columns: ['pid', 'cmdline', 'parent', 'time'] },
  { table: 'process_events', columns: ['pid', 'cmdline', 'syscall'] },
  { table: 'processes', columns: ['pid', 'path', 'cmdline'] },
];

// Longest first: `es_process_events` ends in the name of another table.
const names: readonly OsqueryTable[] = [
  ...new Set([...certain, ...likely].map((mark) => mark.table)),
].sort((a, b) => b.length - a.length);

/**
 * The table that a row is of. The record does not say: unless the columns leave no doubt, a query that ends in
 * a table's name (`pack_x_processes`) is taken for one over that table.
 */
export function tableOf(query: string, columns: JsonObject): OsqueryTable | undefined {
  return tableByColumns(certain, columns) ?? tableByName(query) ?? tableByColumns(likely, columns);
}

function tableByColumns(marks: readonly TableMark[], row: JsonObject): OsqueryTable | undefined {
  for (const { table, columns } of marks) {
    if (columns.every((column) => ownValue(row, column) !== undefined)) return table;
  }
  return undefined;
}

function tableByName(query: string): OsqueryTable | undefined {
  for (const table of names) {
    if (!query.endsWith(table)) continue;
    const before = query.charAt(query.length - table.length - 1);
    if (before === '' || SEPARATORS.includes(before)) return table;
  }
  return undefined;
}

const SEPARATORS = '_-/';

/** True for tables whose rows are things that happened, not the state of a moment. */
export function isEvented(table: OsqueryTable | undefined): boolean {
  return table !== undefined && table !== 'processes';
}
