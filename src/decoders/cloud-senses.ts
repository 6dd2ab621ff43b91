import { blind } from './senses.ts';
import type { Sensor, ServedLogsources } from './senses.ts';

/** A log of deeds at a service, which sees nothing of what happens on a machine. */
export function auditSensor(name: string, title: string, serves: ServedLogsources): Sensor {
  const away = blind('it tells of deeds at the service, not on the machine');
  return {
    name,
    title,
    serves,
    senses: {
      process_start: away,
      parent: away,
      file_read: away,
      file_write: away,
      hash: away,
      fqdn: away,
      bytes_out: away,
      payload: away,
      dns: away,
      clipboard: away,
      signer: away,
    },
  };
}
