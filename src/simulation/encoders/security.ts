import { nxlog } from './nxlog.ts';
import { securityLog } from './security-log.ts';
import type { Encoder, Shipping } from './encoder.ts';
import { printLog } from './print-log.ts';
import { connectionLog } from './security-connections.ts';
import { forward } from './windows-record.ts';
import { winlogbeat } from './winlogbeat.ts';

const shipping: Shipping = { everyMs: 2_000, delayMsMax: 700, redelivered: 0.002 };

/** The Security log through NXLog, flat. */
export const securityFlat: Encoder = {
  name: 'security-flat',
  sensor: 'windows',
  description: 'Windows Security events 4688, 4689 and 4663 shipped by NXLog as flat JSON',
  systems: ['windows'],
  firstNumber: 9_204_117,
  shipping,
  observe: forward(securityLog, nxlog),
};

/** The Security log through Winlogbeat 7 and later. */
export const securityWinlogbeat: Encoder = {
  name: 'security-winlogbeat',
  sensor: 'windows',
  description: 'Windows Security events 4688, 4689 and 4663 shipped by Winlogbeat',
  systems: ['windows'],
  firstNumber: 9_204_117,
  shipping,
  observe: forward(securityLog, winlogbeat),
};

/** What Windows logs with connections and printing audited, through Winlogbeat. */
export const windowsWinlogbeat: Encoder = {
  name: 'windows-winlogbeat',
  sensor: 'windows',
  description: 'Windows Security 4688, 4689, 4663 and 5156, and printed documents, by Winlogbeat',
  systems: ['windows'],
  firstNumber: 9_204_117,
  shipping,
  observe: forward(
    (action, processes) => [
      ...securityLog(action, processes),
      ...connectionLog(action, processes),
      ...printLog(action),
    ],
    winlogbeat,
  ),
};
