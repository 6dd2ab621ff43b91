import { blind, full, partial } from '../senses.ts';
import type { Sensor } from '../senses.ts';

/** Apple's Endpoint Security. */
export const esloggerSensor: Sensor = {
  name: 'eslogger',
  title: 'macOS Endpoint Security',
  serves: {
    products: ['macos'],
    categories: [
      'process_creation',
      'process_termination',
      'file_access',
      'file_event',
      'file_rename',
      'file_delete',
      'network_connection',
    ],
    services: ['tcc'],
  },
  senses: {
    process_start: full('exec and fork'),
    parent: full('pid and its version; for helpers of launchd, the app that they work for'),
    file_read: full('open with FREAD, and files that a cloud folder pulls'),
    file_write: full('create, write, close after a change, rename, clone, copyfile, unlink'),
    hash: blind('code directory hashes only, not digests of files'),
    fqdn: partial('network_connect of Jamf Protect; Endpoint Security has no connections'),
    bytes_out: blind('no volumes'),
    payload: partial('command lines only'),
    dns: blind('no lookups'),
    clipboard: blind('no event tells of the pasteboard'),
    signer: full('team_id and signing_id'),
  },
};

/** Santa. */
export const santaSensor: Sensor = {
  name: 'santa',
  title: 'Santa',
  serves: {
    products: ['macos'],
    categories: [
      'process_creation',
      'process_termination',
      'file_access',
      'file_event',
      'file_rename',
      'file_delete',
    ],
    services: [],
  },
  senses: {
    process_start: full('execution and fork'),
    parent: full('pid and its version'),
    file_read: partial('file_access of watched paths'),
    file_write: full('close after a change, rename, link, clone, copyfile, unlink'),
    hash: full('SHA-256 of programs'),
    fqdn: blind('no connections'),
    bytes_out: blind('no connections'),
    payload: partial('command lines only'),
    dns: blind('no lookups'),
    clipboard: blind('no event tells of the pasteboard'),
    signer: full('team_id and signing_id'),
  },
};

const NOT_LOGGED = blind('the log is of what system services write');

/** macOS's unified log. */
export const unifiedLogSensor: Sensor = {
  name: 'unified-log',
  title: 'macOS unified log (TCC, keychain)',
  serves: { products: ['macos'], categories: [], services: ['tcc'] },
  senses: {
    process_start: NOT_LOGGED,
    parent: NOT_LOGGED,
    file_read: NOT_LOGGED,
    file_write: NOT_LOGGED,
    hash: NOT_LOGGED,
    fqdn: NOT_LOGGED,
    bytes_out: NOT_LOGGED,
    payload: NOT_LOGGED,
    dns: NOT_LOGGED,
    clipboard: NOT_LOGGED,
    signer: NOT_LOGGED,
  },
};
