import type { AlertPage, AlertRow } from '../../api/shapes.ts';
import { ask } from '../api.ts';

const PAGE = 200;
/** Pages that are kept; those used longest ago go first. */
const PAGES_MAX = 24;
/** A taller list is clipped by the browser (measured in Chromium: 33,554,428 px). */
export const ROWS_MAX = 600_000;

interface LoadedPage {
  readonly rows: AlertRow[];
  readonly next: string | null;
}

/**
 * The rows of one list, as they were when it was loaded: what comes later waits as news, so that no
 * row moves under the hand. Pages come as they are looked at.
 */
export class ListData {
  readonly #query: string;
  readonly #onChange: () => void;
  readonly #pages = new Map<number, LoadedPage>();
  readonly #loading = new Map<number, AbortController>();
  readonly #places = new Map<string, number>();
  total = 0;
  /** Place of the log at which the list was frozen; undefined until the first page is here. */
  place: number | undefined;
  trouble: string | undefined;
  news: readonly AlertRow[] = [];
  newsTotal = 0;
  /** Rows whose count grew while they were looked at. */
  readonly grown: Set<string> = new Set();
  #newsFrom = 0;

  constructor(query: string, onChange: () => void) {
    this.#query = query;
    this.#onChange = onChange;
  }

  get isLoaded(): boolean {
    return this.place !== undefined;
  }

  get rowsShown(): number {
    return Math.min(this.total, ROWS_MAX);
  }

  row(index: number): AlertRow | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.rows[index % PAGE];
  }

  indexOf(id: string): number | undefined {
    return this.#places.get(id);
  }

  /** Loads what is missing of these rows. */
  ensure(from: number, to: number): void {
    const last = Math.floor(Math.max(from, to - 1) / PAGE);
    for (let page = Math.floor(from / PAGE); page <= last; page++) {
      if (!this.#pages.has(page) && !this.#loading.has(page)) void this.#load(page);
    }
    // What is no longer looked at need not arrive.
    for (const [page, controller] of this.#loading) {
      if (page < Math.floor(from / PAGE) - 1 || page > last + 1) controller.abort();
    }
  }

  /** Puts a changed row in the place of the old one. */
  replace(row: AlertRow): void {
    const index = this.#places.get(row.id);
    const page = index === undefined ? undefined : this.#pages.get(Math.floor(index / PAGE));
    if (index === undefined || page === undefined) return;
    page.rows[index % PAGE] = row;
    this.#onChange();
  }

  /** Asks what has changed since the list was frozen. */
  async lookForNews(): Promise<void> {
    if (this.place === undefined) return;
    const query = `${this.#query}&since=${this.#newsFrom}&limit=${PAGE}`;
    const page = await ask<AlertPage>(`/alerts?${query}`).catch(() => undefined);
    if (page === undefined) return;
    this.#newsFrom = page.place;
    const added: AlertRow[] = [];
    for (const row of page.alerts) {
      const known = this.#places.get(row.id);
      const before = known === undefined ? undefined : this.row(known);
      if (before === undefined) added.push(row);
      else if (before.count !== row.count) this.#grow(row);
    }
    const ids = new Set(added.map(({ id }) => id));
    const repeated = this.news.filter(({ id }) => ids.has(id)).length;
    this.newsTotal += Math.max(0, page.total - (page.alerts.length - added.length) - repeated);
    this.news = [...added, ...this.news.filter(({ id }) => !ids.has(id))].slice(0, PAGE);
    this.#onChange();
  }

  dispose(): void {
    for (const controller of this.#loading.values()) controller.abort();
  }

  #grow(row: AlertRow): void {
    this.grown.add(row.id);
    this.replace(row);
    setTimeout(() => {
      this.grown.delete(row.id);
      this.#onChange();
    }, 1_000);
  }

  async #load(page: number): Promise<void> {
    const controller = new AbortController();
    this.#loading.set(page, controller);
    try {
      const frozen = this.place === undefined ? '' : `&upTo=${this.place}`;
      // Behind the page before, where that is here; a jump with the scroll bar asks by rank.
      const cursor = this.#pages.get(page - 1)?.next ?? null;
      const where =
        cursor === null ? `&offset=${page * PAGE}` : `&cursor=${encodeURIComponent(cursor)}`;
      const query = `${this.#query}&limit=${PAGE}${frozen}${where}`;
      const answer = await ask<AlertPage>(`/alerts?${query}`, controller.signal);
      this.place ??= this.#newsFrom = answer.place;
      this.total = page === 0 || this.total === 0 ? answer.total : this.total;
      this.#put(page, { rows: [...answer.alerts], next: answer.next });
      this.trouble = undefined;
    } catch (error) {
      if (!controller.signal.aborted) {
        this.trouble = error instanceof Error ? error.message : String(error);
      }
    } finally {
      this.#loading.delete(page);
      this.#onChange();
    }
  }

  #put(page: number, loaded: LoadedPage): void {
    this.#pages.set(page, loaded);
    for (const [index, { id }] of loaded.rows.entries()) this.#places.set(id, page * PAGE + index);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > PAGES_MAX && oldest !== undefined) this.#pages.delete(oldest);
  }
}
