const PRIORITY = /^<\d{1,3}>/;
// `Jun  9 10:13:20 host program[7]: ` and `2026-06-09T10:13:20Z host program: `
const TRADITIONAL =
  /^(?:[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[^ ]{8,30}) ([^ ]{1,255}) (?:[^ :[\]]{1,64}(?:\[\d{1,10}\])?: )?/;
// `1 2026-06-09T10:13:20Z host program 7 ID - `
const STRUCTURED =
  /^1 [^ ]{1,40} ([^ ]{1,255}) [^ ]{1,48} [^ ]{1,128} [^ ]{1,32} (?:-|\[[^\]]{0,1024}\]) /;

/** A line without the header that syslog put before it, and the machine that the header names. */
export function withoutSyslogHeader(text: string): {
  readonly line: string;
  readonly host: string | undefined;
} {
  const start = PRIORITY.exec(text)?.[0].length ?? 0;
  if (start === 0) return { line: text, host: undefined };
  const rest = text.slice(start);
  const header = STRUCTURED.exec(rest) ?? TRADITIONAL.exec(rest);
  return header === null
    ? { line: rest, host: undefined }
    : { line: rest.slice(header[0].length), host: header[1] };
}
