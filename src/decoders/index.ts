import type { Decoder } from './decoder.ts';
import { jsonDecoder } from './format.ts';
import { ecsDocuments } from './ecs.ts';
import { osqueryResults } from './osquery/osquery.ts';
import { logAnalyticsEventLog, windowsEventLog } from './windows/windows.ts';

/** Every telemetry format, in the order in which a record of unknown format is tried. */
export const decoders: readonly Decoder[] = [
  jsonDecoder(
    {
      name: 'sysmon',
      description: 'Sysmon through NXLog, EVTX-to-JSON, Winlogbeat or Elastic Agent',
    },
    [windowsEventLog],
  ),
  jsonDecoder(
    {
      name: 'windows',
      description: 'Windows event logs (Security, PowerShell, Sysmon and others)',
    },
    [windowsEventLog],
  ),
  jsonDecoder(
    {
      name: 'log-analytics',
      description: 'Windows event logs exported from Log Analytics, with EventData as text',
    },
    [logAnalyticsEventLog],
  ),
  jsonDecoder(
    { name: 'osquery', description: 'osquery results in event, snapshot and batch format' },
    [osqueryResults],
  ),
  jsonDecoder({ name: 'ecs', description: 'ECS documents of endpoint sensors (Elastic Defend)' }, [
    ecsDocuments,
  ]),
];

/** The decoder of this name. */
export function findDecoder(name: string): Decoder | undefined {
  return decoders.find((decoder) => decoder.name === name);
}

/** A decoder that recognises the format of each record by itself. */
export function createAutoDecoder(): Decoder {
  return jsonDecoder({ name: 'auto', description: 'recognises the format of each record' }, [
    windowsEventLog,
    osqueryResults,
    ecsDocuments,
  ]);
}
