import { isJsonObject, ownValue } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Product } from './kind.ts';
import type { OsqueryTable } from './tables.ts';

// Tables that exist on one system only (table specifications of osquery 5).
const productOfTable: Readonly<Partial<Record<OsqueryTable, Product>>> = {
  es_process_events: 'macos',
  es_process_file_events: 'macos',
  process_file_events: 'linux',
  bpf_process_events: 'linux',
  bpf_socket_events: 'linux',
  process_etw_events: 'windows',
  dns_lookup_events: 'windows',
};

// Columns of process_events and socket_events that only the Linux audit publisher fills.
const LINUX_COLUMNS: readonly string[] = ['syscall', 'fsuid', 'owner_uid'];

const PATH_COLUMNS: readonly string[] = ['path', 'executable', 'target_path', 'filename', 'cwd'];

const MACOS_PATH = /^\/(?:Users|Applications|System|Library|private|Volumes)\//;
const WINDOWS_PATH = /^(?:[A-Za-z]:|\\)\\/;

/**
 * The system that a row comes from. osquery does not say; a decoration `platform` (of `os_version` or
 * `osquery_info`) does, else the table, else the form of the paths.
 */
export function productOf(
  whole: JsonObject,
  table: OsqueryTable | undefined,
  columns: JsonObject,
): Product {
  const decorations = ownValue(whole, 'decorations');
  const platform = isJsonObject(decorations)
    ? ownValue(decorations, 'platform')
    : ownValue(whole, 'platform');
  if (typeof platform === 'string' && platform !== '') return productOfPlatform(platform);
  const known = table === undefined ? undefined : productOfTable[table];
  if (known !== undefined) return known;
  if (LINUX_COLUMNS.some((column) => ownValue(columns, column) !== undefined)) return 'linux';
  for (const column of PATH_COLUMNS) {
    const path = ownValue(columns, column);
    if (typeof path !== 'string' || path === '') continue;
    if (WINDOWS_PATH.test(path)) return 'windows';
    if (MACOS_PATH.test(path)) return 'macos';
    if (path.startsWith('/')) return 'linux';
  }
  return 'unknown';
}

// `darwin`, `windows`, and on Linux the distribution: `ubuntu`, `rhel`, `arch` and many more.
function productOfPlatform(platform: string): Product {
  if (platform === 'darwin' || platform === 'macos') return 'macos';
  return platform === 'windows' ? 'windows' : 'linux';
}
