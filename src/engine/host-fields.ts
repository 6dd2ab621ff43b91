/**
 * Fields that name the host. A correlation that groups by one of them runs on each host's own
 * watermark; where an event lacks the field, its host stands in for it.
 */
export const hostFields: ReadonlySet<string> = new Set([
  'Computer',
  'host.name',
  'host.id',
  'Hostname',
  'ComputerName',
  'DeviceName',
]);
