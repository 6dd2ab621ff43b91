import { useEffect, useRef, useState } from 'preact/hooks';

import type { AlertRow } from '../../api/shapes.ts';
import { useApp } from '../app-state.ts';
import { useLive } from '../live.ts';
import { back, change, deedWords, wished, type Wish } from '../triage.ts';

interface Unsaved {
  readonly row: AlertRow;
  readonly wish: Wish;
}

export interface TriageActions {
  /** Does it at once on the page, and on the server as soon as that answers. */
  readonly act: (rows: readonly AlertRow[], wish: Wish) => void;
  readonly undo: () => void;
  readonly undoOne: (row: AlertRow) => void;
  readonly unsaved: ReadonlySet<string>;
}

/** Triage of rows on the page. What can not be saved now is kept and tried again. */
export function useTriage(show: (row: AlertRow) => void): TriageActions {
  const { me, say, complain } = useApp();
  const { heardAt } = useLive();
  const [unsaved, setUnsaved] = useState<ReadonlyMap<string, Unsaved>>(new Map());
  const done = useRef<(readonly AlertRow[])[]>([]);
  const before = useRef(new Map<string, AlertRow>());
  // The versions that the server gave last: an undo must name them.
  const latest = useRef(new Map<string, AlertRow>());
  const put = (row: AlertRow): void => {
    latest.current.set(row.id, row);
    show(row);
  };

  const save = async (row: AlertRow, wish: Wish): Promise<boolean> => {
    const outcome = await change(row, wish);
    if (outcome.kind === 'unsaved') {
      setUnsaved((known) => new Map(known).set(row.id, { row, wish }));
      return false;
    }
    setUnsaved((known) => {
      if (!known.has(row.id)) return known;
      const next = new Map(known);
      next.delete(row.id);
      return next;
    });
    if (outcome.kind === 'refused') {
      put(row);
      complain(`Not done: ${outcome.reason}`);
      return false;
    }
    put({ ...row, triage: outcome.triage });
    if (outcome.kind === 'done') return true;
    const { changedBy, state } = outcome.triage;
    complain(`${changedBy ?? 'Somebody'} changed this before you: it is ${state} now.`);
    return false;
  };

  const act = (rows: readonly AlertRow[], wish: Wish, isUndo = false): void => {
    for (const row of rows) {
      before.current.set(row.id, row);
      put({ ...row, triage: wished(row.triage, wish, me.person, Date.now()) });
    }
    void Promise.all(rows.map((row) => save(row, wish))).then((saved) => {
      const count = saved.filter(Boolean).length;
      if (count === 0) return;
      if (isUndo) return say(count === 1 ? 'Undone' : `Undone for ${count} alerts`);
      const kept = rows.filter((_, place) => saved[place]);
      if (wish.comment === undefined) done.current.push(kept);
      const words = deedWords(wish);
      const undoable = wish.comment === undefined ? undo : undefined;
      say(rows.length === 1 ? words : `${words}: ${count} of ${rows.length} alerts`, undoable);
    });
  };

  const undoRows = (rows: readonly AlertRow[]): void => {
    for (const row of rows) {
      const now = latest.current.get(row.id) ?? row;
      act([now], back(row.triage), true);
    }
  };
  const undo = (): void => undoRows(done.current.pop() ?? []);
  const undoOne = (row: AlertRow): void => {
    const old = before.current.get(row.id);
    const open: Wish = { state: 'open', assignee: row.triage.assignee };
    act([row], old === undefined ? open : back(old.triage), true);
  };

  useEffect(() => {
    for (const { row, wish } of unsaved.values()) void save(row, wish);
  }, [heardAt]);

  return { act, undo, undoOne, unsaved: new Set(unsaved.keys()) };
}
