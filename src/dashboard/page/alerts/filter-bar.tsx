import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { countInWords } from '../../../alert/words.ts';
import { sortKeys, type AlertSummary } from '../../api/shapes.ts';
import { Value } from '../parts/value.tsx';
import { plain } from '../shown.ts';
import { moment } from '../times.ts';
import { chipsOf, suggestionsFor, withChip, withoutChip, type Chip } from './chips.ts';

interface FilterBarProps {
  readonly parameters: URLSearchParams;
  readonly summary: AlertSummary | undefined;
  readonly input: { current: HTMLInputElement | null };
  readonly onFilter: (next: URLSearchParams) => void;
  /** Out of the box, back to the list. */
  readonly onLeave: () => void;
}

const GROUPS = ['none', 'lineage', 'rule', 'host', 'user', 'agent', 'destination'] as const;
const TIMES = [
  ['', 'any time'],
  ['-1h', '1 h'],
  ['-24h', '24 h'],
  ['-7d', '7 days'],
  ['-30d', '30 days'],
] as const;
const SORTS: Readonly<Record<string, string>> = {
  '-last': 'newest activity',
  '-first': 'newest',
  first: 'oldest',
  '-severity': 'severity',
  '-count': 'count',
  host: 'host',
  agent: 'agent',
  rule: 'rule',
};

/** The filter, all of it: chips and words in one box, then time, group and sort. */
export function FilterBar(props: FilterBarProps): JSX.Element {
  const { parameters, onFilter } = props;
  const from = parameters.get('from') ?? '';
  const to = parameters.get('to');
  const set = (name: string, value: string): void => {
    const next = new URLSearchParams(parameters);
    if (value === '') next.delete(name);
    else next.set(name, value);
    if (name === 'from') next.delete('to');
    onFilter(next);
  };
  const isOwnTime = from !== '' && !TIMES.some(([value]) => value === from);
  return (
    <div class="filter-bar" role="search" aria-label="Filter">
      <FilterBox {...props} />
      <label class="choice">
        <span>Last</span>
        <select
          value={isOwnTime ? 'own' : from}
          onChange={(event) => set('from', event.currentTarget.value)}
        >
          {TIMES.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
          {isOwnTime && (
            <option value="own">
              {/^\d+$/.test(from) ? moment(Number(from)) : plain(from, 20)}
              {to !== null && /^\d+$/.test(to) ? ` to ${moment(Number(to))}` : ''}
            </option>
          )}
        </select>
      </label>
      <label class="choice">
        <span>Group</span>
        <select
          value={parameters.get('group') ?? 'none'}
          onChange={(event) =>
            set('group', event.currentTarget.value === 'none' ? '' : event.currentTarget.value)
          }
        >
          {GROUPS.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="choice">
        <span>Sort</span>
        <select
          value={parameters.get('sort') ?? '-last'}
          onChange={(event) => set('sort', event.currentTarget.value)}
        >
          {Object.entries(SORTS)
            .filter(([value]) => sortKeys.some((key) => key === value.replace('-', '')))
            .map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
        </select>
      </label>
    </div>
  );
}

function FilterBox({ parameters, summary, input, onFilter, onLeave }: FilterBarProps): JSX.Element {
  const [typed, setTyped] = useState('');
  const [isOpen, setIsOpen] = useState(false);
  const [at, setAt] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const chips = chipsOf(parameters);
  const suggestions = isOpen ? suggestionsFor(typed, summary) : [];
  const chosen = Math.min(at, suggestions.length - 1);
  const take = (place: number): void => {
    const suggestion = suggestions[place];
    if (suggestion === undefined) return;
    setTyped('');
    setIsOpen(false);
    setAt(0);
    onFilter(withChip(parameters, suggestion.name, suggestion.value));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setAt(Math.min(chosen + 1, suggestions.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(0, chosen - 1));
    else if (event.key === 'Enter') take(Math.max(0, chosen));
    else if (event.key === 'Backspace' && typed === '') {
      const last = chips.at(-1);
      if (last !== undefined) onFilter(withoutChip(parameters, last));
    } else if (event.key === 'Escape') {
      setIsOpen(false);
      onLeave();
    } else return;
    event.preventDefault();
  };
  return (
    <div class="filter-box" ref={box}>
      {chips.map((chip) => (
        <ChipView
          key={`${chip.name} ${chip.value}`}
          chip={chip}
          words={wordsOf(chip, summary)}
          onRemove={() => onFilter(withoutChip(parameters, chip))}
        />
      ))}
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label="Filter by field, or type words to search"
        aria-expanded={suggestions.length > 0}
        aria-controls="filter-list"
        aria-autocomplete="list"
        aria-activedescendant={suggestions.length > 0 ? `filter-${chosen}` : undefined}
        placeholder="Filter by field, or type words to search"
        value={typed}
        onFocus={() => setIsOpen(true)}
        onBlur={() => setIsOpen(false)}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setIsOpen(true);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <kbd>/</kbd>
      {suggestions.length > 0 && (
        <ul id="filter-list" role="listbox" class="suggestions panel" aria-label="Suggestions">
          {suggestions.map(({ name, words, count }, place) => (
            <li
              key={`${name} ${words}`}
              id={`filter-${place}`}
              role="option"
              aria-selected={place === chosen}
              onMouseDown={(event) => {
                event.preventDefault();
                take(place);
              }}
            >
              <span class="label">{name === 'q' ? 'search for' : name}</span>
              <Value text={words} />
              <span class="number quiet">{count === undefined ? '' : countInWords(count)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function wordsOf({ name, value }: Chip, summary: AlertSummary | undefined): string {
  const field = name.replace(/^-/, '');
  if (value === '') return 'nobody';
  if (field === 'rule') {
    return summary?.facets.rule?.find((known) => known.value === value)?.words ?? value;
  }
  return value.replaceAll(',', ', ');
}

interface ChipProps {
  readonly chip: Chip;
  readonly words: string;
  readonly onRemove: () => void;
}

function ChipView({ chip, words, onRemove }: ChipProps): JSX.Element {
  const { name, trouble } = chip;
  const label = name === 'q' ? 'words' : name.replace(/^-/, 'not ');
  return (
    <span class={trouble === undefined ? 'filter-chip' : 'filter-chip broken'}>
      <span>
        <Value text={label} />{' '}
        <b>
          <Value text={words} />
        </b>
        {trouble !== undefined && ` ${trouble}`}
      </span>
      <button
        class="plain"
        type="button"
        aria-label={`Remove ${plain(`${label} ${words}`, 80)}`}
        onClick={onRemove}
      >
        ×
      </button>
    </span>
  );
}
