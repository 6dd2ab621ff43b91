import type { JSX } from 'preact';

import { countInWords } from '../../../alert/words.ts';
import type { AlertRow } from '../../api/shapes.ts';
import { Sentence } from '../parts/sentence.tsx';
import { Severity } from '../parts/severity.tsx';
import { reasonWords, State } from '../parts/state.tsx';
import { Value } from '../parts/value.tsx';
import { listForm } from '../emphasis.ts';
import { plain } from '../shown.ts';
import { ago, clock, day } from '../times.ts';

export interface RowProps {
  readonly row: AlertRow;
  readonly index: number;
  readonly isCursor: boolean;
  readonly isSelected: boolean;
  readonly hasGrown: boolean;
  /** What the person did is on its way to the server. */
  readonly isUnsaved: boolean;
  readonly now: number;
  readonly onOpen: (index: number) => void;
  readonly onSelect: (index: number) => void;
  readonly onUndo: (id: string) => void;
}

const TAGS_MAX = 2;

/** One alert of the list: the sentence, then what it rests on. */
export function Row(props: RowProps): JSX.Element {
  const { row, index, isCursor, isSelected, hasGrown, now } = props;
  const { triage } = row;
  const isClosed = triage.state === 'closed';
  const classes = ['row', isCursor && 'cursor', isClosed && 'closed', isSelected && 'selected'];
  const last = ago(row.last, now);
  return (
    <div
      class={classes.filter(Boolean).join(' ')}
      role="row"
      id={`row-${index}`}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      onClick={(event) => {
        if ((event.target as Element).closest('button, input, a') === null) props.onOpen(index);
      }}
    >
      <div role="gridcell" class="select">
        <input
          type="checkbox"
          tabIndex={-1}
          checked={isSelected}
          aria-label={`Select: ${plain(row.sentence, 120)}`}
          onChange={() => props.onSelect(index)}
        />
      </div>
      <div role="gridcell" class="level">
        <Severity level={row.level} />
      </div>
      <div role="gridcell" class="what">
        <a class="sentence" href={`/alerts/${encodeURIComponent(row.id)}`} tabIndex={-1}>
          <Sentence {...row} sentence={listForm(row)} />
        </a>
        <div class="basis">
          <span class="basis-text">
            <Value text={row.rule} />
            {row.key !== '' && (
              <>
                {' · '}
                <Value text={row.key} />
              </>
            )}
          </span>
          <Tags row={row} />
        </div>
      </div>
      <div role="gridcell" class="where">
        <div>
          <Value text={row.host} />
        </div>
        <div class="quiet">
          <Value text={row.user} />
        </div>
      </div>
      <div role="gridcell" class={hasGrown ? 'count grown' : 'count'}>
        <b>{countInWords(row.value ?? row.count)}</b>
        <div class="quiet">
          {row.limit !== null ? `limit ${countInWords(row.limit)}` : row.count > 1 ? 'events' : ''}
        </div>
      </div>
      <div role="gridcell" class="when">
        <div>{last}</div>
        <div class="quiet">
          {row.first === row.last ? 'at' : 'since'} {clock(row.first)}
          {day(row.first, row.last) === day(row.last, row.last) ? '' : ` ${day(row.first, now)}`}
        </div>
      </div>
      <div role="gridcell" class="triage">
        <State state={triage.state} isShort />
        <div class="quiet under">
          <Under {...props} />
        </div>
      </div>
    </div>
  );
}

function Under({ row, isUnsaved, onUndo }: RowProps): JSX.Element | null {
  const { triage } = row;
  if (isUnsaved) return <span class="high">not saved yet</span>;
  if (triage.grewBy > 0) return <span class="high">grew by {countInWords(triage.grewBy)}</span>;
  if (triage.state === 'closed') {
    return (
      <>
        {reasonWords(triage)},{' '}
        <button class="link" type="button" tabIndex={-1} onClick={() => onUndo(row.id)}>
          undo
        </button>
      </>
    );
  }
  return triage.assignee === null ? null : <Value text={triage.assignee} />;
}

function Tags({ row }: { readonly row: AlertRow }): JSX.Element {
  const tags = row.labels.map((label) => (
    <span class="tag label-dlp" key={label}>
      <Value text={label} />
    </span>
  ));
  if (row.inLineage > 1) {
    tags.push(
      <span class="tag" key="lineage">
        {row.inLineage} in lineage
      </span>,
    );
  }
  return <>{tags.slice(0, TAGS_MAX)}</>;
}

/** A row whose page is on its way. */
export function WaitingRow({ index }: { readonly index: number }): JSX.Element {
  return (
    <div class="row waiting" role="row" aria-rowindex={index + 2} id={`row-${index}`}>
      <div role="gridcell">
        <span class="hidden-text">Loading</span>
      </div>
    </div>
  );
}
