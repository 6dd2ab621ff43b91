import { blind, full, partial } from '../senses.ts';
import type { Sense, Sensor, Senses, ServedLogsources } from '../senses.ts';

const serves = (services: readonly string[], categories: readonly string[]): ServedLogsources => ({
  products: [],
  categories,
  services,
});

const NO_HOST = blind('it stands in the network and sees no processes and files');

/** What any log of requests sees, but for the volume that left. */
function requestSenses(bytesOut: Sense): Senses {
  return {
    process_start: NO_HOST,
    parent: NO_HOST,
    file_read: NO_HOST,
    file_write: NO_HOST,
    hash: NO_HOST,
    fqdn: full('the host of each request; of a tunnel, too'),
    bytes_out: bytesOut,
    payload: blind('the URL and the sizes, not what was sent'),
    dns: blind('requests, not lookups'),
    clipboard: NO_HOST,
    signer: NO_HOST,
  };
}

export const squidSensor: Sensor = {
  name: 'squid',
  title: 'Squid',
  serves: serves(['squid'], ['proxy']),
  senses: requestSenses(
    partial('with %>st in the log format; its own format has the size of the reply only'),
  ),
};

export const zscalerSensor: Sensor = {
  name: 'zscaler',
  title: 'Zscaler Internet Access',
  serves: serves(['zscaler'], ['proxy']),
  senses: requestSenses(full('reqsize')),
};

export const w3cSensor: Sensor = {
  name: 'w3c',
  title: 'Proxies and web servers, W3C extended log',
  serves: serves([], ['proxy', 'webserver']),
  senses: requestSenses(partial('cs-bytes, where the log has that column')),
};
