import type { JSX } from 'preact';

import { countInWords } from '../../../alert/words.ts';
import type { Level } from '../../../language/tree.ts';
import type { AlertSummary, FilterField } from '../../api/shapes.ts';
import { Severity } from '../parts/severity.tsx';
import { Value } from '../parts/value.tsx';

const SHOWN: readonly (readonly [FilterField, string])[] = [
  ['severity', 'Severity'],
  ['agent', 'Agent'],
  ['assignee', 'Assignee'],
  ['rule', 'Rule'],
  ['host', 'Host'],
  ['label', 'Label'],
];
const VALUES_MAX = 6;

interface FacetsProps {
  readonly summary: AlertSummary | undefined;
  readonly parameters: URLSearchParams;
  readonly onFilter: (next: URLSearchParams) => void;
}

/** The filter, drawn out: every value with its count. */
export function Facets({ summary, parameters, onFilter }: FacetsProps): JSX.Element {
  return (
    <aside class="facets" aria-label="Facets">
      {SHOWN.map(([field, words]) => {
        const values = summary?.facets[field] ?? [];
        if (values.length === 0) return null;
        const rest = values.slice(VALUES_MAX);
        const chosen = chosenOf(parameters, field);
        return (
          <fieldset key={field}>
            <legend class="label">{words}</legend>
            {values.slice(0, VALUES_MAX).map(({ value, words: own, count }) => (
              <label class="check" key={value}>
                <input
                  type="checkbox"
                  checked={chosen.includes(value)}
                  onChange={() => onFilter(toggled(parameters, field, value))}
                />
                {field === 'severity' ? (
                  <span class="facet-value">
                    <Severity level={value as Level} />
                  </span>
                ) : (
                  <span class="facet-value">
                    <Value text={own ?? (value === '' ? 'none' : value)} />
                  </span>
                )}
                <span class="quiet number">{countInWords(count)}</span>
              </label>
            ))}
            {rest.length > 0 && <p class="quiet small">{rest.length} more, by typing</p>}
          </fieldset>
        );
      })}
    </aside>
  );
}

function chosenOf(parameters: URLSearchParams, field: FilterField): readonly string[] {
  const values = parameters.getAll(field);
  return field === 'severity' ? values.flatMap((value) => value.split(',')) : values;
}

function toggled(parameters: URLSearchParams, field: FilterField, value: string): URLSearchParams {
  const next = new URLSearchParams(parameters);
  const chosen = chosenOf(parameters, field);
  const left = chosen.includes(value)
    ? chosen.filter((each) => each !== value)
    : [...chosen, value];
  next.delete(field);
  if (field === 'severity') {
    if (left.length > 0) next.set(field, left.join(','));
  } else {
    for (const each of left) next.append(field, each);
  }
  return next;
}
