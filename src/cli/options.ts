import { parseDurationMs } from '../base/duration.ts';
import { UsageError } from './exit.ts';
import { count } from './format.ts';

/** Reads a whole number from 1 to a maximum. */
export function wholeNumber(option: string, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^[0-9]+$/.test(text) && value >= 1 && value <= max) return value;
    throw new UsageError(`${option}: '${text}' is not a number from 1 to ${count(max)}`);
  };
}

/** Reads a time such as `0`, `500ms`, `5s` or `1m`, as milliseconds. */
export function durationOption(option: string): (text: string) => number {
  return (text) => {
    const ms = /^0+$/.test(text) ? 0 : parseDurationMs(text);
    if (ms !== undefined) return ms;
    throw new UsageError(`${option}: '${text}' is not a time such as 0, 500ms, 5s or 1m`);
  };
}

/** Reads a moment such as `2026-03-03` or `2026-03-03T10:00:00Z`, UTC where nothing is said. */
export function timeOption(option: string): (text: string) => number {
  return (text) => {
    const form =
      /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
    const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10));
    const moment = Date.parse(text.length > 10 && !hasZone ? `${text}Z` : text);
    if (form.test(text) && !Number.isNaN(moment)) return moment;
    throw new UsageError(`${option}: '${text}' is not a moment such as 2026-03-03T10:00:00Z`);
  };
}
