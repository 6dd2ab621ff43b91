const HEADER_WITHIN = 256;
// RFC 3164 (`Jun  9 10:13:20 host tag:`), what rsyslog writes today (`2026-06-09T10:13:20+02:00 host tag:`),
// and RFC 5424 (`<14>1 2026-06-09T10:13:20Z host app 1 - -`).
const HEADER =
  /^(?:<\d{1,3}>)?(?:1 )?(?:[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}|\d{4}-\d{2}-\d{2}T[\d:.]{8,18}(?:Z|[+-]\d{2}:\d{2})) ([\w.:-]{1,255}) /;

/** The host that a syslog header names in front of a line, or undefined when there is no header. */
export function syslogHost(line: string): string | undefined {
  const host = HEADER.exec(line.slice(0, HEADER_WITHIN))?.[1];
  return host === '-' ? undefined : host;
}
