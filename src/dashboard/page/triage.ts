import { closeReasons, type AlertRow, type CloseReason, type Triage } from '../api/shapes.ts';
import { ApiProblem, send } from './api.ts';

/** What a person wants of an alert. */
export interface Wish {
  readonly state?: Triage['state'];
  readonly assignee?: string | null;
  readonly reason?: CloseReason;
  readonly comment?: string;
}

/** The triage that a wish asks for, before the server has said so. */
export function wished(before: Triage, wish: Wish, person: string, now: number): Triage {
  const state = wish.state ?? before.state;
  return {
    ...before,
    state,
    assignee: wish.assignee === undefined ? before.assignee : wish.assignee,
    reason: state === 'closed' ? (wish.reason ?? before.reason) : null,
    comment: wish.comment ?? before.comment,
    changedAt: now,
    changedBy: person,
    grewBy: wish.state === 'closed' ? 0 : before.grewBy,
  };
}

/** Acknowledged, and taken by who says so. */
export function taken(person: string): Wish {
  return { state: 'acknowledged', assignee: person };
}

/** The wish that leads back to what stood there. */
export function back(before: Triage): Wish {
  return {
    state: before.state,
    assignee: before.assignee,
    ...(before.state === 'closed' ? { reason: before.reason ?? 'expected' } : {}),
  };
}

export type Outcome =
  | { readonly kind: 'done' | 'conflict'; readonly triage: Triage }
  | { readonly kind: 'unsaved' }
  | { readonly kind: 'refused'; readonly reason: string };

/** Asks the server for a wish. When nobody answers it is not saved, and can be asked again. */
export async function change(row: Pick<AlertRow, 'id' | 'triage'>, wish: Wish): Promise<Outcome> {
  const path = `/alerts/${encodeURIComponent(row.id)}/triage`;
  try {
    const { triage } = await send<{ readonly triage: Triage }>('PUT', path, {
      version: row.triage.version,
      ...wish,
    });
    return { kind: 'done', triage };
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status === 0 || error.status === 503) return { kind: 'unsaved' };
    const body = error.body as { readonly triage?: Triage } | undefined;
    if (error.status === 409 && body?.triage !== undefined) {
      return { kind: 'conflict', triage: body.triage };
    }
    return { kind: 'refused', reason: error.message };
  }
}

/** What a wish did, in words, for the toast. */
export function deedWords(wish: Wish): string {
  if (wish.state === 'closed') {
    const reason = closeReasons.find(({ name }) => name === wish.reason);
    return `Closed: ${reason?.words.toLowerCase() ?? ''}`;
  }
  if (wish.state === 'acknowledged') return 'Acknowledged';
  if (wish.state === 'open') return 'Opened again';
  if (wish.comment !== undefined) return 'Comment saved';
  return wish.assignee === null ? 'Assigned to nobody' : 'Assigned';
}
