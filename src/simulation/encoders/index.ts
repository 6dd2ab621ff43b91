import { crowdstrike } from './crowdstrike.ts';
import { defender } from './defender.ts';
import { elasticDefend } from './elastic-defend.ts';
import { jamfProtect } from './jamf-protect.ts';
import { osquery } from './osquery.ts';
import { securityFlat, securityWinlogbeat } from './security.ts';
import type { Encoder } from './encoder.ts';
import { sentinelone } from './sentinelone.ts';
import { sysmonFlat, sysmonWinlogbeat } from './sysmon.ts';
import { tokenBroker } from './token-broker.ts';
import { zeek } from './zeek.ts';

/** Every sensor that a story can be written for; of several for one sensor the first is the usual one. */
export const encoders: readonly Encoder[] = [
  sysmonWinlogbeat,
  sysmonFlat,
  securityFlat,
  securityWinlogbeat,
  osquery,
  crowdstrike,
  defender,
  sentinelone,
  elasticDefend,
  jamfProtect,
  zeek,
  tokenBroker,
];
