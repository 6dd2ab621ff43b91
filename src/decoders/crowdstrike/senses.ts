import { blind, full, partial } from '../senses.ts';
import type { Sensor } from '../senses.ts';

/** CrowdStrike Falcon, through its Data Replicator. */
export const crowdstrikeSensor: Sensor = {
  name: 'crowdstrike',
  title: 'CrowdStrike FDR',
  serves: {
    products: ['windows', 'linux', 'macos'],
    categories: [
      'process_creation',
      'process_termination',
      'network_connection',
      'dns_query',
      'file_access',
      'file_event',
      'file_rename',
      'file_delete',
      'image_load',
      'driver_load',
      'registry_event',
      'registry_set',
      'ps_script',
    ],
    services: ['crowdstrike'],
  },
  senses: {
    process_start: full('ProcessRollup2, SyntheticProcessRollup2'),
    parent: full('ParentProcessId and the name of its file; its path comes from its own launch'),
    file_read: partial('FileOpenInfo where the sensor finds it worth telling; DataEgress'),
    file_write: full('*FileWritten, FileDeleteInfo, FileRenameInfo'),
    hash: full('SHA256HashData and MD5HashData of launches and written files'),
    fqdn: partial('connections have addresses only; joined from DnsRequest of the same host'),
    bytes_out: blind('no volumes'),
    payload: partial('command lines, ScriptControlScanTelemetry, CommandHistory'),
    dns: full('DnsRequest'),
    clipboard: blind('on mobile devices only'),
    signer: partial('SigningId, on macOS only'),
  },
};
