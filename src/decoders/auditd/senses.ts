import { blind, partial } from '../senses.ts';
import type { Sensor } from '../senses.ts';

/** The Linux audit subsystem. */
export const auditdSensor: Sensor = {
  name: 'auditd',
  title: 'Linux audit',
  serves: {
    products: ['linux'],
    categories: [
      'process_creation',
      'process_termination',
      'file_access',
      'file_event',
      'file_rename',
      'file_delete',
      'network_connection',
    ],
    services: ['auditd'],
  },
  senses: {
    process_start: partial('execve, where an audit rule asks for it (-S execve)'),
    parent: partial('the pid of the parent; who that is, lineage knows from its launch'),
    file_read: partial('open and openat without a writing flag, in watched folders (-w, -F dir)'),
    file_write: partial('open for writing, rename, unlink, link, in watched folders'),
    hash: blind('the kernel computes no digests'),
    fqdn: blind('SOCKADDR has an address only'),
    bytes_out: blind('the kernel audits the call, not its volume'),
    payload: partial('command lines only (EXECVE, PROCTITLE)'),
    dns: blind('not audited'),
    clipboard: blind('not audited'),
    signer: blind('not audited'),
  },
};
