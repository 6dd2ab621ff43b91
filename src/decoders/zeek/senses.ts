import { blind, full, partial } from '../senses.ts';
import type { Sensor } from '../senses.ts';
import { zeekServices } from './kinds.ts';

const NO_HOST = blind('it stands in the network and sees no processes');

/** Zeek, at a place where it sees the traffic. */
export const zeekSensor: Sensor = {
  name: 'zeek',
  title: 'Zeek',
  serves: {
    products: ['zeek'],
    categories: ['dns', 'firewall', 'network', 'proxy', 'webserver'],
    services: zeekServices,
  },
  senses: {
    process_start: NO_HOST,
    parent: NO_HOST,
    file_read: blind('files on the wire, not on the disk'),
    file_write: blind('files on the wire, not on the disk'),
    hash: partial('md5 and sha1 of files that it can see in clear'),
    fqdn: partial('http host and ssl server_name; conn has addresses only'),
    bytes_out: full('orig_bytes of conn, when the connection ends'),
    payload: blind('it logs about the traffic, not the traffic'),
    dns: full('the log of lookups'),
    clipboard: NO_HOST,
    signer: blind('certificates of servers, not of programs'),
  },
};
