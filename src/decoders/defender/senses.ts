import { blind, full, partial } from '../senses.ts';
import type { Sensor } from '../senses.ts';

/** Microsoft Defender for Endpoint, through the streaming of Defender XDR. */
export const defenderSensor: Sensor = {
  name: 'defender',
  title: 'Microsoft Defender XDR',
  serves: {
    products: ['windows', 'linux', 'macos'],
    categories: [
      'process_creation',
      'network_connection',
      'dns_query',
      'file_access',
      'file_event',
      'file_rename',
      'file_delete',
      'file_change',
      'image_load',
      'driver_load',
      'registry_event',
      'registry_set',
      'registry_add',
      'registry_delete',
      'registry_rename',
      'pipe_created',
      'ps_script',
      'ps_module',
      'create_remote_thread',
      'process_access',
      'clipboard_capture',
      'antivirus',
    ],
    services: ['defender'],
  },
  senses: {
    process_start: full('DeviceProcessEvents'),
    parent: full('InitiatingProcess*, with path and command line'),
    file_read: partial('DeviceEvents SensitiveFileRead: files with a sensitivity label only'),
    file_write: full('DeviceFileEvents'),
    hash: full('SHA256, SHA1 and MD5 of launches, files and modules'),
    fqdn: partial('RemoteUrl, often empty; joined from lookups'),
    bytes_out: blind('no volumes'),
    payload: partial('command lines, ScriptContent, PowerShellCommand'),
    dns: partial('DnsQueryResponse and DnsConnectionInspected, where they are collected'),
    clipboard: full('DeviceEvents GetClipboardData; that it was read, not what'),
    signer: partial('the company that a file names itself; certificates are not joined'),
  },
};
