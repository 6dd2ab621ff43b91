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
  | 'dns_lookup_events';

interface TableMark {
  readonly table: OsqueryTable;
  /** Columns that this table has and the ones below it in the list do not have all of. */
  readonly columns: readonly string[];
}

// A query may choose and rename columns, so this is the fallback behind the query's name. From the most
// telling to the least. Columns after the table specifications of osquery 5.
const marks: readonly TableMark[] = [
  { table: 'es_process_file_events', columns: ['event_type', 'filename'] },
  { table: 'es_process_events', columns: ['event_type', 'cmdline'] },
  { table: 'process_file_events', columns: ['operation', 'executable'] },
  { table: 'file_events', columns: ['target_path', 'action'] },
  { table: 'socket_events', columns: ['remote_address', 'remote_port', 'action'] },
  { table: 'dns_lookup_events', columns: ['name', 'type', 'response', 'pid'] },
  { table: 'process_etw_events', columns: ['type', 'cmdline', 'ppid'] },
  { table: 'processes', columns: ['pid', 'cmdline', 'start_time'] },
  { table: 'processes', columns: ['pid', 'cmdline', 'resident_size'] },
  { table: 'process_events', columns: ['pid', 'cmdline', 'parent', 'time'] },
  { table: 'process_events', columns: ['pid', 'cmdline', 'syscall'] },
  { table: 'processes', columns: ['pid', 'path', 'cmdline'] },
];

const tables: readonly OsqueryTable[] = [...new Set(marks.map((mark) => mark.table))].sort(
  (a, b) => b.length - a.length,
);

/**
 * The table that a row is of. The record does not say: a query that ends in a table's name (`pack_x_processes`)
 * is taken for one over that table, otherwise the columns decide.
 */
export function tableOf(query: string, columns: JsonObject): OsqueryTable | undefined {
  for (const table of tables) {
    if (
      query === table ||
      (query.endsWith(table) && /[_/-]$/.test(query.slice(0, -table.length)))
    ) {
      return table;
    }
  }
  for (const mark of marks) {
    if (mark.columns.every((column) => ownValue(columns, column) !== undefined)) return mark.table;
  }
  return undefined;
}

/** True for tables whose rows are things that happened, not the state of a moment. */
export function isEvented(table: OsqueryTable | undefined): boolean {
  return table !== undefined && table !== 'processes';
}
