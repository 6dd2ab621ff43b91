import { osquery } from './osquery.ts';
import { securityFlat, securityWinlogbeat } from './security.ts';
import type { Sensor } from './sensor.ts';
import { sysmonFlat, sysmonWinlogbeat } from './sysmon.ts';

/** Every sensor that a story can be written for. */
export const sensors: readonly Sensor[] = [
  sysmonWinlogbeat,
  sysmonFlat,
  securityFlat,
  securityWinlogbeat,
  osquery,
];
