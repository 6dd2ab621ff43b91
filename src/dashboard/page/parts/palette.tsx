import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';

import type { AgentFacts } from '../../api/entity-shapes.ts';
import type { LoadedRule } from '../../api/pipeline-shapes.ts';
import type { AlertPage } from '../../api/shapes.ts';
import { ask } from '../api.ts';
import { useApp } from '../app-state.ts';
import { go } from '../route.ts';
import { plain } from '../shown.ts';
import { Dialog } from './dialog.tsx';
import { Value } from './value.tsx';

interface Entry {
  readonly id: string;
  readonly words: string;
  readonly kind: string;
  readonly keys?: string;
  readonly act: () => void;
}

const SHOWN_MAX = 12;

/** Everywhere one can go and what one can do, by typing. Each line shows its key. */
export function Palette({ close }: { readonly close: () => void }): JSX.Element {
  const { setTheme } = useApp();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const found = useFound(text);
  const entries = useMemo(() => {
    const to = (words: string, address: string, keys?: string): Entry => ({
      id: address,
      words,
      kind: 'Go to',
      ...(keys === undefined ? {} : { keys }),
      act: () => go(address),
    });
    const all: readonly Entry[] = [
      to('Alerts', '/alerts', 'g a'),
      to('My alerts', '/alerts?state=open,acknowledged&assignee=me'),
      to('Closed alerts that grew', '/alerts?state=closed&grown=1'),
      to('Agents', '/agents', 'g e'),
      to('Rules', '/rules', 'g r'),
      to('Coverage of ATT&CK and ATLAS', '/rules/coverage'),
      to('Health', '/health', 'g h'),
      ...(['light', 'dark', 'system'] as const).map((theme) => ({
        id: `theme ${theme}`,
        words: `Theme: ${theme}`,
        kind: 'Do',
        keys: 't',
        act: (): void => setTheme(theme),
      })),
    ];
    const wanted = text.trim().toLowerCase();
    const known = all.filter(({ words }) => words.toLowerCase().includes(wanted));
    const search: readonly Entry[] =
      wanted === ''
        ? []
        : [
            {
              id: 'search',
              words: `Search alerts for “${plain(text.trim(), 60)}”`,
              kind: 'Search',
              act: () =>
                go(`/alerts?state=open,acknowledged,closed&q=${encodeURIComponent(text.trim())}`),
            },
          ];
    return [...known, ...found, ...search].slice(0, SHOWN_MAX);
  }, [text, found, setTheme]);
  const chosen = Math.min(at, entries.length - 1);
  const act = (entry: Entry | undefined): void => {
    close();
    // The focus goes back first; then the view may take it.
    setTimeout(() => entry?.act(), 0);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setAt(Math.min(chosen + 1, entries.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(chosen - 1, 0));
    else if (event.key === 'Enter') act(entries[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Go to, search or act" close={close} name="palette" onKey={onKey}>
      <input
        type="text"
        data-first
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={`palette-${chosen}`}
        aria-label="Go to, search or act"
        placeholder="Go to, search or act"
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
      />
      <ul id="palette-list" role="listbox" aria-label="What fits">
        {entries.map((entry, place) => (
          <li
            key={entry.id}
            id={`palette-${place}`}
            role="option"
            aria-selected={place === chosen}
            onMouseDown={() => act(entry)}
          >
            <span class="label">{entry.kind}</span>
            <Value text={entry.words} />
            {entry.keys !== undefined && <kbd>{entry.keys}</kbd>}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function useFound(text: string): readonly Entry[] {
  const [found, setFound] = useState<readonly Entry[]>([]);
  useEffect(() => {
    const wanted = text.trim();
    if (wanted.length < 2) {
      setFound([]);
      return undefined;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      search(wanted, abort.signal).then(setFound, () => undefined);
    }, 150);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text]);
  return found;
}

async function search(wanted: string, signal: AbortSignal): Promise<readonly Entry[]> {
  const q = encodeURIComponent(wanted);
  const [alerts, agents, rules] = await Promise.all([
    ask<AlertPage>(`/alerts?q=${q}&limit=4`, signal),
    ask<{ readonly agents: readonly AgentFacts[] }>('/agents', signal),
    ask<{ readonly rules: readonly LoadedRule[] }>('/rules', signal),
  ]);
  const low = wanted.toLowerCase();
  return [
    ...alerts.alerts.map(({ id, sentence }) => ({
      id,
      words: sentence,
      kind: 'Alert',
      act: (): void => go(`/alerts/${encodeURIComponent(id)}`),
    })),
    ...agents.agents
      .filter(({ agent }) => agent.toLowerCase().includes(low))
      .slice(0, 3)
      .map(({ agent }) => ({
        id: `agent ${agent}`,
        words: agent,
        kind: 'Agent',
        act: (): void => go(`/agents/agent/${encodeURIComponent(agent)}`),
      })),
    ...rules.rules
      .filter(({ title }) => title.toLowerCase().includes(low))
      .slice(0, 3)
      .map(({ id, title }) => ({
        id: `rule ${id}`,
        words: title,
        kind: 'Rule',
        act: (): void => go(`/rules/${encodeURIComponent(id)}`),
      })),
  ];
}
