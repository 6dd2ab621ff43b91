import type { Alert } from '../alert/alert.ts';
import type { SinkReceipt } from './sink.ts';

/** Alerts whose ids are remembered, to write none of them twice; older ones may appear again. */
export const IDS_REMEMBERED_MAX = 100_000;

/** The ids written last, at most `IDS_REMEMBERED_MAX`; the oldest is forgotten first. */
export class RecentIds {
  private readonly ids = new Set<string>();

  has(id: string): boolean {
    return this.ids.has(id);
  }

  add(id: string): void {
    if (this.ids.has(id)) return;
    if (this.ids.size >= IDS_REMEMBERED_MAX) {
      const [oldest] = this.ids;
      if (oldest !== undefined) this.ids.delete(oldest);
    }
    this.ids.add(id);
  }
}

/** Alerts of a batch that open and are not known, each once, in their order. */
export function freshAlerts(batch: readonly Alert[], known: RecentIds): readonly Alert[] {
  const fresh = new Map<string, Alert>();
  for (const alert of batch) {
    if (alert.document === undefined || known.has(alert.id) || fresh.has(alert.id)) continue;
    fresh.set(alert.id, alert);
  }
  return [...fresh.values()];
}

/** The receipt of a sink that keeps documents alone, and has written this many of a batch. */
export function documentReceipt(batch: readonly Alert[], created: number): SinkReceipt {
  const documents = batch.filter(({ document }) => document !== undefined).length;
  const alreadyThere = documents - created;
  return { created, alreadyThere, advanced: 0, passed: batch.length, reduced: 0 };
}
