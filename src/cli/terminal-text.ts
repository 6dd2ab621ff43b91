import { stripVTControlCharacters, styleText } from 'node:util';

// Control characters (C0, DEL, C1), line and paragraph separators, and the marks that turn text direction:
// none of them may reach a terminal from telemetry.
// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text from data as it may stand on a terminal: control and direction characters become visible escapes. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}

/** Cuts in the middle, so that head and tail stay readable. Width in characters. */
export function shorten(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  if (width < 2) return characters.slice(0, width).join('');
  const head = Math.ceil((width - 1) * 0.6);
  const tail = width - 1 - head;
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - tail).join('')}`;
}

export type Style = Parameters<typeof styleText>[0];

/** A painter for one output stream: colours only on a terminal, and never when NO_COLOR is set. */
export function painter(stream: NodeJS.WriteStream): (style: Style, text: string) => string {
  const hasColors = stream.isTTY === true && (process.env['NO_COLOR'] ?? '') === '';
  return (style, text) => (hasColors ? styleText(style, text, { validateStream: false }) : text);
}

/** Cuts a line that may hold colours to a visible width; a cut line ends in an ellipsis and no colour. */
export function fitLine(line: string, width: number): string {
  if ([...stripVTControlCharacters(line)].length <= width) return line;
  let visible = 0;
  let result = '';
  // Either one escape sequence of ours, or one character.
  // eslint-disable-next-line no-control-regex
  for (const [part] of line.matchAll(/\u001b\[[0-9;]*m|[^]/gu)) {
    if (part.startsWith('\u001b')) {
      result += part;
      continue;
    }
    if (visible === width - 1) break;
    result += part;
    visible += 1;
  }
  return `${result}…\u001b[0m`;
}
