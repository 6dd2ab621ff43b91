import type { AlertSummary } from '../../api/shapes.ts';

/** A view of the list that has a name; each is only a filter. */
export interface Tab {
  readonly name: keyof AlertSummary['tabs'];
  readonly words: string;
  readonly state: string;
  readonly assignee?: string;
  readonly grown?: string;
}

export const tabs: readonly Tab[] = [
  { name: 'active', words: 'Active', state: 'open,acknowledged' },
  { name: 'mine', words: 'Mine', state: 'open,acknowledged', assignee: 'me' },
  { name: 'unassigned', words: 'Unassigned', state: 'open,acknowledged', assignee: '' },
  { name: 'closed', words: 'Closed', state: 'closed' },
  { name: 'all', words: 'All', state: 'open,acknowledged,closed' },
  { name: 'grown', words: 'Grew since closed', state: 'closed', grown: '1' },
];

/** The view that a filter is; undefined when it is none of them. */
export function tabOf(parameters: URLSearchParams): Tab | undefined {
  return tabs.find(
    ({ state, assignee, grown }) =>
      parameters.get('state') === state &&
      parameters.get('assignee') === (assignee ?? null) &&
      parameters.get('grown') === (grown ?? null),
  );
}

/** The filter with the view's state and assignee instead of its own. */
export function withTab(parameters: URLSearchParams, tab: Tab): URLSearchParams {
  const next = new URLSearchParams(parameters);
  next.set('state', tab.state);
  for (const name of ['assignee', 'grown'] as const) {
    const value = tab[name];
    if (value === undefined) next.delete(name);
    else next.set(name, value);
  }
  return next;
}
