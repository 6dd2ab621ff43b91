const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;

/**
 * A JSON object's text without its members of this name, every other byte kept: parsing and printing again
 * would change long integers and the layout. Text that is no object comes back as it is.
 */
export function withoutMember(text: string, name: string): string {
  const key = JSON.stringify(name);
  if (!text.includes(key)) return text;
  let at = skipBlanks(text, 0);
  if (text[at] !== '{') return text;
  let kept = text.slice(0, at + 1);
  let isFirst = true;
  for (at += 1; at < text.length;) {
    const start = skipBlanks(text, at);
    if (text[start] === '}') return kept + text.slice(at);
    if (text.charCodeAt(start) !== QUOTE) return text;
    const keyEnd = stringEnd(text, start);
    const colon = skipBlanks(text, keyEnd);
    if (text.charCodeAt(colon) !== COLON) return text;
    const end = valueEnd(text, skipBlanks(text, colon + 1));
    if (text.slice(start, keyEnd) !== key) {
      kept += (isFirst ? '' : ',') + text.slice(at, end);
      isFirst = false;
    }
    at = text.charCodeAt(end) === COMMA ? end + 1 : end;
  }
  return text;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\r' || text[at] === '\n') at += 1;
  return at;
}

/** The place after the string that begins here. */
function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at + 1;
  }
  return text.length;
}

/** The place of the comma or bracket that ends the value which begins here. */
function valueEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = stringEnd(text, at) - 1;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      if (depth === 0) return at;
      depth -= 1;
    } else if (character === ',' && depth === 0) return at;
  }
  return text.length;
}
