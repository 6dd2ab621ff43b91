/** One thing that the doctor looked at. */
export interface Finding {
  /** What part it is of: `node`, `disk`, `sources.telemetry`. */
  readonly part: string;
  readonly what: string;
  /** `warn` runs, with less than there could be. */
  readonly state: 'ok' | 'warn' | 'fail';
  /** For people; when it is not ok: what to do about it. */
  readonly detail: string;
}

export function ok(part: string, what: string, detail: string): Finding {
  return { part, what, state: 'ok', detail };
}

export function warn(part: string, what: string, detail: string): Finding {
  return { part, what, state: 'warn', detail };
}

export function fail(part: string, what: string, detail: string): Finding {
  return { part, what, state: 'fail', detail };
}
