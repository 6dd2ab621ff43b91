import { blind, full, partial } from './senses.ts';
import type { Sensor } from './senses.ts';

/** Elastic Defend, and what other producers of ECS documents can be expected to fill. */
export const ecsSensor: Sensor = {
  name: 'ecs',
  title: 'Elastic Defend and ECS',
  serves: {
    products: ['windows', 'linux', 'macos'],
    categories: [
      'process_creation',
      'process_termination',
      'network_connection',
      'dns_query',
      'image_load',
      'driver_load',
      'registry_event',
      'registry_set',
      'file_access',
      'file_event',
      'file_rename',
      'file_delete',
      'proxy',
    ],
    services: [],
  },
  senses: {
    process_start: full('process events start, exec and fork'),
    parent: full('process.parent, with its command line'),
    file_read: partial('file events open, on Windows and macOS, for watched paths'),
    file_write: full('file events creation, modification, overwrite, rename and deletion'),
    hash: full('process.hash, file.hash and dll.hash'),
    fqdn: partial('destination.domain where the producer fills it; joined from lookups'),
    bytes_out: full('source.bytes at the end of a connection'),
    payload: partial('command lines only'),
    dns: full('dns events lookup_requested and lookup_result'),
    clipboard: blind('not reported'),
    signer: full('process.code_signature.subject_name'),
  },
};
