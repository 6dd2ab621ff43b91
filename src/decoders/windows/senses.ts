import { blind, full, partial } from '../senses.ts';
import type { Sensor } from '../senses.ts';
import { servicesByChannel } from './services.ts';

/** Sysmon on Windows. */
export const sysmonSensor: Sensor = {
  name: 'sysmon',
  title: 'Sysmon',
  serves: {
    products: ['windows'],
    categories: [
      'process_creation',
      'file_change',
      'network_connection',
      'sysmon_status',
      'process_termination',
      'driver_load',
      'image_load',
      'create_remote_thread',
      'raw_access_thread',
      'process_access',
      'file_event',
      'registry_event',
      'registry_add',
      'registry_delete',
      'registry_set',
      'registry_rename',
      'create_stream_hash',
      'pipe_created',
      'wmi_event',
      'dns_query',
      'file_delete',
      'clipboard_capture',
      'clipboard_change',
      'process_tampering',
      'file_delete_detected',
      'file_block_executable',
      'file_block_shredding',
      'file_executable_detected',
      'sysmon_error',
    ],
    services: ['sysmon'],
  },
  senses: {
    process_start: full('event 1'),
    parent: full('event 1 names the parent with its command line'),
    file_read: blind('reports no reads of files; event 9 is of raw disks only'),
    file_write: full('events 11, 15, 23, 26 and 29'),
    hash: full('Hashes of events 1, 6, 7, 15, 23, 26 and 29, as HashAlgorithms says'),
    fqdn: partial('event 3 rarely names its peer; joined from event 22 of the same host'),
    bytes_out: blind('event 3 tells of the beginning of a connection only'),
    payload: partial('command lines only'),
    dns: full('event 22'),
    clipboard: partial('event 24 when CaptureClipboard is on; the digest, not the text'),
    signer: partial('of modules and drivers (events 6 and 7), not of processes'),
  },
};

/** Sysmon for Linux. */
export const linuxSysmonSensor: Sensor = {
  name: 'sysmon-linux',
  title: 'Sysmon for Linux',
  serves: {
    products: ['linux'],
    categories: [
      'process_creation',
      'network_connection',
      'process_termination',
      'raw_access_thread',
      'file_event',
      'file_delete',
    ],
    services: ['sysmon'],
  },
  senses: {
    process_start: full('event 1'),
    parent: full('event 1 names the parent with its command line'),
    file_read: blind('reports no reads of files'),
    file_write: full('events 11 and 23'),
    hash: blind('Hashes are left empty'),
    fqdn: blind('event 3 has addresses only, and there is no event 22'),
    bytes_out: blind('event 3 tells of the beginning of a connection only'),
    payload: partial('command lines only'),
    dns: blind('there is no event 22 on Linux'),
    clipboard: blind('there is no event 24 on Linux'),
    signer: blind('programs are not signed on Linux'),
  },
};

/** The kernel's file provider. */
export const kernelFileSensor: Sensor = {
  name: 'kernel-file',
  title: 'ETW Kernel-File',
  serves: {
    products: ['windows'],
    categories: ['file_access', 'file_event', 'file_delete', 'file_rename'],
    services: [],
  },
  senses: {
    process_start: blind('another provider'),
    parent: blind('another provider'),
    file_read: full('12: each opening, with its path; the bytes of 15 have no path'),
    file_write: full('30, 26 and 27'),
    hash: blind('none'),
    fqdn: blind('files only'),
    bytes_out: blind('files only'),
    payload: blind('files only'),
    dns: blind('files only'),
    clipboard: blind('files only'),
    signer: blind('none'),
  },
};

/** The logs of Windows itself. */
export const windowsSensor: Sensor = {
  name: 'windows',
  title: 'Windows event logs',
  serves: {
    products: ['windows'],
    categories: [
      'process_creation',
      'file_access',
      'ps_module',
      'ps_script',
      'ps_classic_start',
      'ps_classic_provider_start',
      'ps_classic_script',
    ],
    services: [...new Set([...servicesByChannel.values()].flat())].filter(
      (service) => service !== 'sysmon',
    ),
  },
  senses: {
    process_start: full('Security 4688, with process creation audited'),
    parent: full('Security 4688 names the parent, without its command line'),
    file_read: partial('Security 4663, in folders whose audit rules (SACL) ask for it'),
    file_write: partial('Security 4663, in folders whose audit rules (SACL) ask for it'),
    hash: partial('AppLocker and code integrity, of what they judged; not Security events'),
    fqdn: blind('Security 5156 has addresses only'),
    bytes_out: blind('Security 5156 has no volumes'),
    payload: partial('command lines of 4688 where enabled; scripts of PowerShell 4104'),
    dns: blind('the DNS client log is not read'),
    clipboard: blind('no log tells of the clipboard'),
    signer: blind('Security events do not say who signed a program'),
  },
};
