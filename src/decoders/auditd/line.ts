import type { EventTime } from '../../event/record.ts';
import { syslogHost } from '../syslog.ts';
import { textOfValue } from './values.ts';

/** One line of the audit log. */
export interface AuditLine {
  /** `SYSCALL`, `PATH`, `EXECVE`, … or a number that the sender had no name for. */
  readonly type: string;
  readonly time: EventTime;
  readonly serial: string;
  /** The machine, where the line says so. */
  readonly node: string | undefined;
  readonly fields: ReadonlyMap<string, string>;
}

const HEADER_WITHIN = 512;
// `type=PATH msg=audit(1604994496.155:92733): `, from other senders without `msg=`.
const HEADER =
  /(?:^|[ :])type=([A-Za-z0-9_]{1,40}|UNKNOWN\[\d{1,5}\]) (?:msg=)?audit\((\d{1,12})\.(\d{1,9}):(\d{1,20})\): ?/;
const NODE = /(?:^| )node=([\w.:-]{1,255}) /;
const FIELDS_MAX = 1024;
const QUOTE = '"';
const APOSTROPHE = "'";
// auditd writes what it looked up (`UID="ana"`) behind this sign.
const ENRICHED = '\u001d';
const LEADING = / *([\w[\].-]{1,64})=/y;

// The kernel logs by number where no auditd runs (linux/audit.h).
const numbered: ReadonlyMap<string, string> = new Map([
  ['1300', 'SYSCALL'],
  ['1302', 'PATH'],
  ['1306', 'SOCKADDR'],
  ['1307', 'CWD'],
  ['1309', 'EXECVE'],
  ['1320', 'EOE'],
  ['1327', 'PROCTITLE'],
  ['1337', 'OPENAT2'],
  ['1400', 'AVC'],
]);

/** True if the text has an audit record's header. */
export function isAuditText(text: string): boolean {
  const head = text.slice(0, HEADER_WITHIN);
  return head.includes('audit(') && HEADER.test(head);
}

/** Reads the header alone; undefined for a line that is none. */
export function readHeader(
  text: string,
): (Omit<AuditLine, 'fields'> & { readonly bodyAt: number }) | undefined {
  const head = text.slice(0, HEADER_WITHIN);
  const match = HEADER.exec(head);
  if (match === null) return undefined;
  const [whole, type = '', seconds = '', fraction = '', serial = ''] = match;
  const prefix = head.slice(0, match.index);
  return {
    type: numbered.get(type) ?? type,
    time: Number(seconds) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0')),
    serial,
    node: NODE.exec(`${prefix} `)?.[1] ?? syslogHost(head),
    bodyAt: match.index + whole.length,
  };
}

/** Reads a line; undefined for one that is none of the audit log. */
export function readLine(text: string): AuditLine | undefined {
  const header = readHeader(text);
  if (header === undefined) return undefined;
  const { type, time, serial, node, bodyAt } = header;
  const fields = new Map<string, string>();
  new FieldScan(text.slice(bodyAt).replace(ENRICHED, ' '), type, fields).read(false);
  return { type, time, serial, node: node ?? fields.get('node'), fields };
}

/** `name=value` pairs; quoted, hexadecimal or bare. Records of user space hold theirs in `msg='…'`. */
class FieldScan {
  readonly #body: string;
  readonly #type: string;
  readonly #fields: Map<string, string>;
  /** Quotes that close nothing from here to the end of the text. */
  readonly #unclosed: Set<string> = new Set();

  constructor(body: string, type: string, fields: Map<string, string>) {
    this.#body = body;
    this.#type = type;
    this.#fields = fields;
  }

  read(isInner: boolean): void {
    let at = 0;
    while (at < this.#body.length && this.#fields.size < FIELDS_MAX) {
      LEADING.lastIndex = at;
      const match = LEADING.exec(this.#body);
      if (match === null) {
        // A word without a value (`avc:  denied  { read } for`).
        const space = this.#body.indexOf(' ', at + 1);
        if (space === -1) return;
        at = space;
        continue;
      }
      const start = at + match[0].length;
      at = this.#endOfValue(start);
      const name = match[1] ?? '';
      const raw = this.#body.slice(start, at);
      if (name === 'msg' && raw.startsWith(APOSTROPHE) && !isInner) {
        new FieldScan(raw.slice(1, -1), this.#type, this.#fields).read(true);
      } else {
        this.#fields.set(name, textOfValue(this.#type, name, raw));
      }
    }
  }

  #endOfValue(start: number): number {
    const opening = this.#body.charAt(start);
    if ((opening === QUOTE || opening === APOSTROPHE) && !this.#unclosed.has(opening)) {
      const closing = this.#closingQuote(start, opening);
      if (closing !== -1) return closing + 1;
      this.#unclosed.add(opening);
    }
    const space = this.#body.indexOf(' ', start);
    return space === -1 ? this.#body.length : space;
  }

  // Some senders do not escape quotes inside a value (`cmdline="bash -c "id""`): the value ends at the quote
  // that a blank and a new name follow, or the end of the text.
  #closingQuote(start: number, quote: string): number {
    let at = this.#body.indexOf(quote, start + 1);
    while (at !== -1) {
      const isAtEnd = at + 1 >= this.#body.length;
      if (isAtEnd || FOLLOWS.test(this.#body.slice(at + 1, at + 1 + FOLLOWS_WITHIN))) return at;
      at = this.#body.indexOf(quote, at + 1);
    }
    return -1;
  }
}

const FOLLOWS_WITHIN = 70;
const FOLLOWS = /^ +(?:[\w[\].-]{1,64}=|[\w:{}]|$)/;
