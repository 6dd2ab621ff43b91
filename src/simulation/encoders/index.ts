import { auditd } from './auditd.ts';
import { claudeCodeTelemetry } from './claude-code.ts';
import { crowdstrike } from './crowdstrike.ts';
import { defender } from './defender.ts';
import { elasticDefend } from './elastic-defend.ts';
import type { Encoder } from './encoder.ts';
import { jamfProtect } from './jamf-protect.ts';
import { osquery } from './osquery.ts';
import { squid, zscaler } from './proxies.ts';
import { securityFlat, securityWinlogbeat, windowsWinlogbeat } from './security.ts';
import { sentinelone } from './sentinelone.ts';
import { sysmonFlat, sysmonWinlogbeat } from './sysmon.ts';
import { tokenBroker } from './token-broker.ts';
import { zeek } from './zeek.ts';

/** Every sensor that a story can be written for; of several for one sensor the first is the usual one. */
export const encoders: readonly Encoder[] = [
  sysmonWinlogbeat,
  sysmonFlat,
  windowsWinlogbeat,
  securityFlat,
  securityWinlogbeat,
  osquery,
  auditd,
  crowdstrike,
  defender,
  sentinelone,
  elasticDefend,
  jamfProtect,
  claudeCodeTelemetry,
  zeek,
  squid,
  zscaler,
  tokenBroker,
];
