const shortLength = 64;

/**
 * True if the text contains the other. Both come from the event, and `String.includes` can take the
 * product of their lengths; Knuth, Morris and Pratt's search takes their sum.
 */
export function containsText(text: string, searched: string): boolean {
  if (searched.length <= shortLength) return text.includes(searched);
  if (searched.length > text.length) return false;
  const borders = bordersOf(searched);
  let matched = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    while (matched > 0 && searched.charCodeAt(matched) !== code)
      matched = borders[matched - 1] ?? 0;
    if (searched.charCodeAt(matched) === code) matched++;
    if (matched === searched.length) return true;
  }
  return false;
}

// For each prefix, the length of the longest proper prefix of it that is also its suffix.
function bordersOf(text: string): Int32Array {
  const borders = new Int32Array(text.length);
  let length = 0;
  for (let at = 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    while (length > 0 && text.charCodeAt(length) !== code) length = borders[length - 1] ?? 0;
    if (text.charCodeAt(length) === code) length++;
    borders[at] = length;
  }
  return borders;
}
