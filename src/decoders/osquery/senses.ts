import { blind, full, partial } from '../senses.ts';
import type { Sensor } from '../senses.ts';

/** osquery, with its tables of events enabled. */
export const osquerySensor: Sensor = {
  name: 'osquery',
  title: 'osquery',
  serves: {
    products: ['linux', 'macos', 'windows'],
    categories: [
      'process_creation',
      'process_termination',
      'file_access',
      'file_event',
      'file_rename',
      'file_delete',
      'network_connection',
      'dns_query',
    ],
    services: ['osquery'],
  },
  senses: {
    process_start: full(
      'process_events, es_process_events, process_etw_events; processes by polling',
    ),
    parent: partial('the pid of the parent; who that is, lineage knows from its launch'),
    file_read: partial(
      'process_file_events (Linux), es_process_file_events (macOS), file_events; none on Windows',
    ),
    file_write: partial('process_file_events, es_process_file_events; file_events without process'),
    hash: partial('file_events with hashes, not of processes'),
    fqdn: blind('socket_events has addresses only'),
    bytes_out: blind('socket_events has no volumes'),
    payload: partial('command lines only'),
    dns: partial('dns_lookup_events, on Windows only'),
    clipboard: blind('no table tells of the clipboard'),
    signer: partial('signing_id and team_id of es_process_events, on macOS only'),
  },
};
