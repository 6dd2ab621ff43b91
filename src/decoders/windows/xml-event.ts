import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { TextFormat } from '../format.ts';
import { readEventDataXml, unescapeXml } from './event-xml.ts';
import { evtx } from './layouts.ts';
import { decodeEvent } from './log-event.ts';

const HEAD_WITHIN = 1024;
const SYSTEM_MAX = 4096;
const EVENT = /<Event[ >]/;
const LEAVES_MAX = 256;
const LEAF = /<([\w:.-]{1,64})(?: [^<>]{0,256})?>([^<]*)<\//g;

// What Sysmon for Linux writes for a process that it does not know, its escapes broken.
const UNKNOWN_PROCESS = '&lt unknown process&gt';

/**
 * Events as XML, the form of the event log itself: one document a line, behind a syslog header or not. Sysmon
 * for Linux writes to syslog so.
 */
export const eventXml: TextFormat = {
  recognises: (text) => {
    const head = text.slice(0, HEAD_WITHIN);
    return EVENT.test(head) && head.includes('<System>');
  },
  decode({ text, record }, emit) {
    const whole = readEvent(text);
    if (whole === undefined) return { reason: 'missing_field', detail: 'System' };
    return decodeEvent({ layout: evtx, whole, record, isPlain: false }, emit);
  },
};

/** The document as converters of the log write it in JSON. */
function readEvent(xml: string): JsonObject | undefined {
  const start = xml.indexOf('<System>');
  const end = xml.indexOf('</System>', start);
  if (start === -1 || end === -1 || end - start > SYSTEM_MAX) return undefined;
  const system = xml.slice(start, end);
  const rest = xml.slice(end);
  const element = (name: string): JsonObject => ({
    '#attributes': Object.fromEntries(attributesOf(system, name)),
  });
  return {
    Event: {
      System: {
        Provider: element('Provider'),
        EventID: textOf(system, 'EventID'),
        Version: textOf(system, 'Version'),
        Level: textOf(system, 'Level'),
        Task: textOf(system, 'Task'),
        Opcode: textOf(system, 'Opcode'),
        Keywords: textOf(system, 'Keywords'),
        TimeCreated: element('TimeCreated'),
        EventRecordID: textOf(system, 'EventRecordID'),
        Execution: element('Execution'),
        Channel: textOf(system, 'Channel'),
        Computer: textOf(system, 'Computer'),
        Security: element('Security'),
      },
      ...dataOf(rest),
    },
  };
}

function dataOf(rest: string): JsonObject {
  if (rest.includes('<UserData')) return { UserData: { Data: leavesOf(rest) } };
  const fields = readEventDataXml(rest) ?? {};
  const image = fields['Image'];
  const isUnknown = typeof image === 'string' && image.startsWith(UNKNOWN_PROCESS);
  return { EventData: isUnknown ? { ...fields, Image: '<unknown process>' } : fields };
}

// Elements without elements inside, by name, as `UserData` has them one level deeper.
function leavesOf(rest: string): JsonObject {
  const leaves = new Map<string, JsonValue>();
  for (const [, name = '', text = ''] of rest.matchAll(LEAF)) {
    if (leaves.size >= LEAVES_MAX) break;
    leaves.set(name, unescapeXml(text));
  }
  return Object.fromEntries(leaves);
}

function textOf(system: string, name: string): JsonValue {
  const at = system.indexOf(`<${name}`);
  const open = at === -1 ? -1 : system.indexOf('>', at);
  const close = open === -1 ? -1 : system.indexOf('<', open);
  if (close === -1 || system.charAt(open - 1) === '/') return null;
  return unescapeXml(system.slice(open + 1, close));
}

const ATTRIBUTE = /([\w:.-]{1,64})=(?:"([^"]*)"|'([^']*)')/g;

function* attributesOf(system: string, name: string): Generator<readonly [string, string]> {
  const at = system.indexOf(`<${name}`);
  const end = at === -1 ? -1 : system.indexOf('>', at);
  if (end === -1) return;
  for (const match of system.slice(at, end).matchAll(ATTRIBUTE)) {
    yield [match[1] ?? '', unescapeXml(match[2] ?? match[3] ?? '')];
  }
}
