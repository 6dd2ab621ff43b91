import { nxlog } from './nxlog.ts';
import type { Encoder, Shipping } from './encoder.ts';
import { sysmonLog } from './sysmon-log.ts';
import { forward } from './windows-record.ts';
import { winlogbeat } from './winlogbeat.ts';

const shipping: Shipping = { everyMs: 500, delayMsMax: 400, redelivered: 0.002 };

/** Sysmon through Winlogbeat 7 and later. */
export const sysmonWinlogbeat: Encoder = {
  name: 'sysmon-winlogbeat',
  sensor: 'sysmon',
  description: 'Sysmon 15 events shipped by Winlogbeat',
  systems: ['windows'],
  firstNumber: 418_220,
  shipping,
  observe: forward(sysmonLog, winlogbeat),
};

/** Sysmon through NXLog, flat. */
export const sysmonFlat: Encoder = {
  name: 'sysmon-flat',
  sensor: 'sysmon',
  description: 'Sysmon 15 events shipped by NXLog as flat JSON',
  systems: ['windows'],
  firstNumber: 418_220,
  shipping,
  observe: forward(sysmonLog, nxlog),
};
