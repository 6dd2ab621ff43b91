import { literals } from '../pattern.ts';
import type { Draft, ValueModifier } from './modifier.ts';

/** `utf16le` (also `wide`), `utf16be` and `utf16`: the value's bytes in that encoding. */
export const utf16: readonly ValueModifier[] = [
  encoding('utf16le', ['wide'], 'The value as UTF-16 bytes, low byte first.', false, false),
  encoding('utf16be', [], 'The value as UTF-16 bytes, high byte first.', true, false),
  encoding(
    'utf16',
    [],
    'The value as UTF-16 bytes, low byte first, after a byte order mark.',
    false,
    true,
  ),
];

function encoding(
  name: string,
  aliases: readonly string[],
  summary: string,
  isBig: boolean,
  hasMark: boolean,
): ValueModifier {
  const change = (draft: Draft): Draft | undefined => {
    if (draft.kind !== 'text' || draft.bytes) return undefined;
    const parts = draft.pattern.map((part) =>
      part.kind === 'literal' ? { ...part, text: encode(part.text, isBig) } : part,
    );
    const mark = hasMark ? [{ kind: 'literal' as const, text: '\u00ff\u00fe' }] : [];
    return { ...draft, pattern: literals([...mark, ...parts]), bytes: true };
  };
  return { kind: 'value', name, aliases, summary, change };
}

// One character for each byte, so that the bytes go on through text modifiers and reach base64 whole.
function encode(text: string, isBig: boolean): string {
  let encoded = '';
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const low = String.fromCharCode(unit & 0xff);
    const high = String.fromCharCode(unit >>> 8);
    encoded += isBig ? high + low : low + high;
  }
  return encoded;
}
