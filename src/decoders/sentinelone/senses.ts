import { blind, full, partial } from '../senses.ts';
import type { Sensor } from '../senses.ts';

/** SentinelOne, through Cloud Funnel 2. */
export const sentineloneSensor: Sensor = {
  name: 'sentinelone',
  title: 'SentinelOne',
  serves: {
    products: ['windows', 'linux', 'macos'],
    categories: [
      'process_creation',
      'process_termination',
      'network_connection',
      'dns_query',
      'proxy',
      'file_event',
      'file_rename',
      'file_delete',
      'image_load',
      'driver_load',
      'registry_event',
      'registry_set',
      'registry_add',
      'registry_delete',
      'registry_rename',
      'ps_script',
      'create_remote_thread',
      'process_access',
    ],
    services: ['sentinelone'],
  },
  senses: {
    process_start: full('Process Creation'),
    parent: full('src.process.*, with path, command line and start'),
    file_read: blind('no event of reading'),
    file_write: full('File Creation, Modification, Rename and Deletion'),
    hash: full('hashes of images; of files where the agent computed them'),
    fqdn: partial('url events name the host, IP Connect has addresses only; joined from DNS'),
    bytes_out: blind('counters of connections only, no volumes'),
    payload: partial('command lines, Command Script, the URL of requests'),
    dns: full('DNS Resolved and Unresolved'),
    clipboard: blind('not reported'),
    signer: full('src.process.publisher'),
  },
};
