// RFC 2045 wraps at 76 characters, PEM at 64; who wraps to hide takes fewer. Shorter ones are words of a script.
const LINE_LENGTH_MIN = 16;

const LINES_MAX = 65_536;
const RUN = /^[A-Za-z0-9+/_=-]+$/;
const RUN_HEAD = /^[A-Za-z0-9+/_-]/;

/**
 * The text with line breaks taken out of encoded data that was wrapped: those between a line that ends in a run of
 * enough characters and the next one, if that begins like the rest of the run. Other breaks stay.
 */
export function unwrapLines(text: string): string {
  if (!text.includes('\n')) return text;
  let joined = '';
  let isOpen = false;
  for (const [index, written] of text.split('\n', LINES_MAX).entries()) {
    const line = written.endsWith('\r') ? written.slice(0, -1) : written;
    const continues: boolean = isOpen && RUN_HEAD.test(line);
    joined += index === 0 || continues ? line : `\n${line}`;
    const end = line.slice(-LINE_LENGTH_MIN);
    isOpen = RUN.test(end) && (end.length === LINE_LENGTH_MIN || continues);
  }
  return joined;
}
