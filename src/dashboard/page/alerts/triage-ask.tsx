import type { JSX } from 'preact';

import type { AlertRow, AlertSummary } from '../../api/shapes.ts';
import { useApp } from '../app-state.ts';
import { CloseDialog, TextDialog } from '../parts/triage-dialogs.tsx';
import type { Wish } from '../triage.ts';

export type AskKind = 'close' | 'assign' | 'comment';

interface TriageAskProps {
  readonly kind: AskKind;
  readonly rows: readonly Pick<AlertRow, 'triage'>[];
  readonly summary?: AlertSummary | undefined;
  readonly close: () => void;
  readonly onWish: (wish: Wish) => void;
}

/** Asks for what an action needs: a reason, a name, words. */
export function TriageAsk({ kind, rows, summary, close, onWish }: TriageAskProps): JSX.Element {
  const { me } = useApp();
  const count = rows.length;
  if (kind === 'close') {
    return (
      <CloseDialog
        count={count}
        close={close}
        onReason={(reason) => onWish({ state: 'closed', reason })}
      />
    );
  }
  const which = count === 1 ? '' : ` ${count} alerts`;
  if (kind === 'assign') {
    const names = summary?.facets.assignee?.map(({ value }) => value) ?? [];
    return (
      <TextDialog
        title={`Assign${which}`}
        label="To whom; empty is nobody"
        verb="Assign"
        start={rows[0]?.triage.assignee ?? me.person}
        suggestions={[me.person, ...names.filter((name) => name !== '' && name !== me.person)]}
        close={close}
        onText={(name) => onWish({ assignee: name === '' ? null : name })}
      />
    );
  }
  return (
    <TextDialog
      title={`Comment${which}`}
      label="For the next shift"
      verb="Save"
      start=""
      isLong
      close={close}
      onText={(comment) => {
        if (comment !== '') onWish({ comment });
      }}
    />
  );
}
