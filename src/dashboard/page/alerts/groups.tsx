import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { countInWords } from '../../../alert/words.ts';
import type { AlertGroup } from '../../api/shapes.ts';
import { ask } from '../api.ts';
import { Severity } from '../parts/severity.tsx';
import { Value } from '../parts/value.tsx';
import { alertsAddress } from '../route.ts';
import { ago } from '../times.ts';
import { withChip } from './chips.ts';
import { listQuery } from './use-list.ts';

interface GroupsProps {
  readonly parameters: URLSearchParams;
  readonly by: string;
  readonly now: number;
  /** Of the log; another one asks again. */
  readonly place: number | undefined;
}

/** Alerts that belong together, one line each: an incident, a host, a rule. */
export function Groups({ parameters, by, now, place }: GroupsProps): JSX.Element {
  const [groups, setGroups] = useState<readonly AlertGroup[] | undefined>();
  const [trouble, setTrouble] = useState<string | undefined>();
  const query = listQuery(parameters);
  useEffect(() => {
    const abort = new AbortController();
    ask<{ readonly groups: readonly AlertGroup[] }>(
      `/alerts/groups?by=${encodeURIComponent(by)}&${query}`,
      abort.signal,
    ).then(
      (answer) => {
        setGroups(answer.groups);
        setTrouble(undefined);
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setTrouble(error instanceof Error ? error.message : '');
      },
    );
    return () => abort.abort();
  }, [query, by, place]);
  const inside = (value: string): string => {
    const next = withChip(parameters, by, value);
    next.delete('group');
    return alertsAddress(next);
  };
  return (
    <div class="list panel groups">
      {trouble !== undefined && <p role="alert">{trouble}</p>}
      <div class="scroll" tabIndex={0} role="region" aria-label="Groups">
        <table>
          <thead>
            <tr>
              <th>Severity</th>
              <th>{by === 'lineage' ? 'Incident: one lineage' : by}</th>
              <th class="number">Alerts</th>
              <th class="number">Open</th>
              <th>Last seen</th>
            </tr>
          </thead>
          <tbody>
            {groups?.map(({ value, words, count, open, last, level, sentence }) => (
              <tr key={value}>
                <td>
                  <Severity level={level} />
                </td>
                <td>
                  <a href={inside(value)}>
                    <Value text={by === 'lineage' ? sentence : (words ?? (value || 'none'))} />
                  </a>
                  <div class="quiet small">
                    <Value
                      text={by === 'lineage' ? value || 'lineage not known' : sentence}
                      isCode={by === 'lineage'}
                    />
                  </div>
                </td>
                <td class="number">{countInWords(count)}</td>
                <td class="number">{countInWords(open)}</td>
                <td>{ago(last, now)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
