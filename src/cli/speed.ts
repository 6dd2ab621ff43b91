import { UsageError } from './exit.ts';

/** What `--speed` names: a multiple of event time, infinity for `max`. */
export function parseSpeed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const speed = Number(text);
  if (!Number.isFinite(speed) || speed <= 0) {
    throw new UsageError(`--speed: '${text}' is not a positive number or max`);
  }
  return speed;
}
