const THOUSANDS = new Intl.NumberFormat('en-US');

/** `12345` as `12,345`. */
export function count(value: number): string {
  return THOUSANDS.format(Math.round(value));
}

/** A count with its noun: `1 event`, `2 events`. */
export function counted(value: number, noun: string, plural: string = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** An event time as `2026-03-09 11:42:07Z`, which sorts and leaves no doubt about the zone. */
export function utc(time: number): string {
  if (!Number.isFinite(time) || Math.abs(time) > 8.64e15) return String(time);
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** Milliseconds as `850 ms`, `12.3 s` or `4 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
