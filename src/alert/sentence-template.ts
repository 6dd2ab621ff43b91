/** A longer template is not a sentence, and is told in the general way instead. */
export const TEMPLATE_LENGTH_MAX = 500;

/**
 * Fills a rule's sentence: `{name}` is replaced by its value, `[...]` is a clause that is dropped
 * when a name in it has none. Undefined when a name outside of all clauses has none, or a bracket
 * has no partner: a sentence never shows a gap. Clauses do not nest.
 */
export function fillTemplate(
  template: string,
  value: (name: string) => string | undefined,
): string | undefined {
  if (template.length > TEMPLATE_LENGTH_MAX) return undefined;
  let sentence = '';
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('[', at);
    const plain = fillNames(template.slice(at, open < 0 ? template.length : open), value);
    if (plain === undefined) return undefined;
    sentence += plain;
    if (open < 0) break;
    const close = template.indexOf(']', open);
    if (close < 0) return undefined;
    sentence += fillNames(template.slice(open + 1, close), value) ?? '';
    at = close + 1;
  }
  return sentence;
}

function fillNames(text: string, value: (name: string) => string | undefined): string | undefined {
  let filled = '';
  let at = 0;
  for (;;) {
    const open = text.indexOf('{', at);
    if (open < 0) return filled + text.slice(at);
    const close = text.indexOf('}', open);
    if (close < 0) return undefined;
    const word = value(text.slice(open + 1, close));
    if (word === undefined) return undefined;
    filled += text.slice(at, open) + word;
    at = close + 1;
  }
}
