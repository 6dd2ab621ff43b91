import { osquery } from './osquery.ts';
import { securityFlat, securityWinlogbeat } from './security.ts';
import type { Encoder } from './encoder.ts';
import { sysmonFlat, sysmonWinlogbeat } from './sysmon.ts';

/** Every sensor that a story can be written for; of several for one sensor the first is the usual one. */
export const encoders: readonly Encoder[] = [
  sysmonWinlogbeat,
  sysmonFlat,
  securityFlat,
  securityWinlogbeat,
  osquery,
];
