import { useCallback, useState } from 'preact/hooks';

import type { AlertRow } from '../../api/shapes.ts';

export interface Cursor {
  readonly at: number;
  readonly move: (to: number) => void;
}

/** The row under the cursor, within the list. */
export function useCursor(count: number): Cursor {
  const [at, setAt] = useState(0);
  const move = useCallback(
    (to: number): void => setAt(Math.max(0, Math.min(to, Math.max(0, count - 1)))),
    [count],
  );
  return { at: Math.min(at, Math.max(0, count - 1)), move };
}

export interface Selection {
  readonly rows: ReadonlyMap<string, AlertRow>;
  readonly toggle: (row: AlertRow | undefined) => void;
  readonly add: (rows: readonly (AlertRow | undefined)[]) => void;
  readonly clear: () => void;
}

export function useSelection(): Selection {
  const [rows, setRows] = useState<ReadonlyMap<string, AlertRow>>(new Map());
  return {
    rows,
    toggle: (row) => {
      if (row === undefined) return;
      const next = new Map(rows);
      if (!next.delete(row.id)) next.set(row.id, row);
      setRows(next);
    },
    add: (added) => {
      const next = new Map(rows);
      for (const row of added) if (row !== undefined) next.set(row.id, row);
      setRows(next);
    },
    clear: () => setRows(new Map()),
  };
}
