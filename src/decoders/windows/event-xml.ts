import type { JsonObject } from '../../base/json.ts';

const FIELDS_MAX = 256;
const DATA = '<Data';
const NAME = / Name=(?:"([^"]*)"|'([^']*)')/y;
const ENTITY = /&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});/g;
const NAMED: ReadonlyMap<string, string> = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&apos;', "'"],
]);

/**
 * The named fields of an event's `<EventData>` XML, or undefined if there are none. Event data are a flat
 * list of `<Data Name="…">text</Data>`, so no XML parser is needed, and none of its dangers come with it.
 */
export function readEventDataXml(xml: string): JsonObject | undefined {
  const fields = new Map<string, string>();
  let start = xml.indexOf(DATA);
  while (start !== -1 && fields.size < FIELDS_MAX) {
    NAME.lastIndex = start + DATA.length;
    const match = NAME.exec(xml);
    const tagEnd = xml.indexOf('>', start);
    if (tagEnd === -1) break;
    const isEmpty = xml.charAt(tagEnd - 1) === '/';
    const textEnd = isEmpty ? tagEnd : xml.indexOf('<', tagEnd);
    if (textEnd === -1) break;
    const name = match?.[1] ?? match?.[2];
    if (name !== undefined)
      fields.set(name, isEmpty ? '' : unescapeXml(xml.slice(tagEnd + 1, textEnd)));
    start = xml.indexOf(DATA, textEnd);
  }
  return fields.size === 0 ? undefined : Object.fromEntries(fields);
}

/** Text of XML with its entities undone; an unknown one stays. */
export function unescapeXml(text: string): string {
  return text.includes('&') ? text.replace(ENTITY, characterOf) : text;
}

function characterOf(entity: string): string {
  const named = NAMED.get(entity);
  if (named !== undefined) return named;
  const isHex = entity.charAt(2) === 'x';
  const code = Number.parseInt(entity.slice(isHex ? 3 : 2, -1), isHex ? 16 : 10);
  return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
}
