import { parseDurationMs } from '../base/duration.ts';

/** Milliseconds of `29.5s`, `500ms` or `2m`, or of several one after the other: `59s999ms`. */
export function readOffset(value: unknown): number | undefined {
  if (typeof value !== 'string' || value.length > 64) return undefined;
  const parts = value.match(/[0-9]+(?:\.[0-9]+)?(?:ms|[smhd])/g);
  if (parts === null || parts.join('') !== value) return undefined;
  let total = 0;
  for (const part of parts) {
    const read = /^([0-9]+)(?:\.([0-9]+))?([a-z]+)$/.exec(part);
    const [, whole = '', fraction = '', unit = ''] = read ?? [];
    const ms = parseDurationMs(`${whole}${unit}`);
    const unitMs = parseDurationMs(`1${unit}`);
    if (ms === undefined || unitMs === undefined) return undefined;
    total += ms + Math.round((Number(fraction) / 10 ** fraction.length) * unitMs);
  }
  return total;
}
