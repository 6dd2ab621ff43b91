import { columnsOf } from './tokens.ts';

/** The columns of a log in W3C's extended format, as its own lines declare them. */
export interface W3cLayout {
  /** The line as it was, so that a record can carry it. */
  readonly line: string;
  readonly names: readonly string[];
  /** `YYYY-MM-DD` of the log's `#Date:`, for logs whose lines have a time alone. */
  readonly date: string | undefined;
}

/** More columns than any log has. */
export const COLUMNS_MAX = 256;

const FIELDS = /^#Fields:/i;
const DATE = /^#(?:Start-)?Date:\s*(\d{4}-\d\d-\d\d)/i;

/** What a line that begins with `#` changes of the layout. */
export function directive(line: string, before: W3cLayout | undefined): W3cLayout | undefined {
  if (FIELDS.test(line)) {
    const names = columnsOf(line.slice('#Fields:'.length), COLUMNS_MAX);
    return { line, names, date: before?.date };
  }
  const date = DATE.exec(line)?.[1];
  if (date === undefined) return before;
  return before === undefined ? { line: '', names: [], date } : { ...before, date };
}

/** The lines that declare this layout. */
export function declaration({ line, date }: W3cLayout): string {
  return date === undefined ? `${line}\n` : `#Date: ${date}\n${line}\n`;
}

// Senders of logs, each with its own columns. The oldest is forgotten; its lines are refused until it
// declares its columns again, which every new file of a log does.
const SENDERS_MAX = 1024;

/** The layouts that senders have declared. */
export class W3cLayouts {
  readonly #bySender: Map<string, W3cLayout> = new Map();

  get(sender: string): W3cLayout | undefined {
    return this.#bySender.get(sender);
  }

  set(sender: string, layout: W3cLayout): void {
    this.#bySender.delete(sender);
    if (this.#bySender.size >= SENDERS_MAX) {
      const [oldest] = this.#bySender.keys();
      if (oldest !== undefined) this.#bySender.delete(oldest);
    }
    this.#bySender.set(sender, layout);
  }
}
