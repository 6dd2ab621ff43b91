import { agentTelemetry } from './agents/agent-telemetry.ts';
import { auditd } from './auditd/auditd.ts';
import { audit } from './audit/audit.ts';
import { crowdstrike } from './crowdstrike/crowdstrike.ts';
import type { Decoder } from './decoder.ts';
import { defender } from './defender/defender.ts';
import { ecs } from './ecs.ts';
import { decoderOf, parsingDecoderOf } from './format.ts';
import type { FormatFamily } from './format.ts';
import { eslogger } from './macos/eslogger.ts';
import { santa } from './macos/santa.ts';
import { unifiedLog } from './macos/unified-log.ts';
import { intune } from './mdm/intune.ts';
import { jamf } from './mdm/jamf.ts';
import { osquery } from './osquery/osquery.ts';
import { squid } from './proxy/squid.ts';
import { w3c } from './proxy/w3c.ts';
import { zscaler } from './proxy/zscaler.ts';
import type { Sensor } from './senses.ts';
import { sentinelone } from './sentinelone/sentinelone.ts';
import { kernelFile, logAnalyticsExport, sysmon, windows } from './windows/windows.ts';
import { tokenBroker } from './token-broker.ts';
import { vault } from './vault.ts';
import { zeek } from './zeek/zeek.ts';

// Every telemetry format, in the order in which a record of unknown format is tried.
const families: readonly FormatFamily[] = [
  sysmon,
  windows,
  logAnalyticsExport,
  kernelFile,
  agentTelemetry,
  osquery,
  auditd,
  eslogger,
  santa,
  unifiedLog,
  crowdstrike,
  defender,
  sentinelone,
  ecs,
  zeek,
  vault,
  tokenBroker,
  jamf,
  intune,
  audit,
  squid,
  zscaler,
  w3c,
];

/** A decoder for each telemetry format. */
export const decoders: readonly Decoder[] = families.map(decoderOf);

/** Every sensor that a decoder understands. */
export const sensors: readonly Sensor[] = families.flatMap((family) => family.sensors);

/** The decoder of this name. */
export function findDecoder(name: string): Decoder | undefined {
  return decoders.find((decoder) => decoder.name === name);
}

/** A decoder that recognises the format of each record by itself. */
export function createAutoDecoder(): Decoder {
  return decoderOf(anyFormat());
}

/** The same without a scanner: what each record means is what this decoder says. */
export function createReferenceDecoder(): Decoder {
  return parsingDecoderOf(anyFormat());
}

function anyFormat(): FormatFamily {
  const recognised = families.filter((family) => family.isOnlyByName !== true);
  return {
    name: 'auto',
    description: 'recognises the format of each record',
    sensors,
    json: [...new Set(recognised.flatMap((family) => family.json ?? []))],
    text: [...new Set(recognised.flatMap((family) => family.text ?? []))],
    createText: () => recognised.flatMap((family) => family.createText?.() ?? []),
  };
}
