import { pino, type Logger } from 'pino';

import type { LogLevel } from './config/config.ts';

export type { Logger } from 'pino';

/**
 * Structured log lines on standard error. Nothing of an event is ever logged, and no setting but by
 * name: both can hold secrets.
 */
export function createLog(level: LogLevel, worker?: number): Logger {
  const destination = pino.destination({ dest: 2, sync: true });
  return pino(
    { level, base: { service: 'tidegate', worker }, timestamp: pino.stdTimeFunctions.isoTime },
    destination,
  );
}
