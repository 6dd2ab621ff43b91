import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { countInWords } from '../../../alert/words.ts';
import type { AlertInFull, AlertRow, Related, TriageState } from '../../api/shapes.ts';
import type { AskKind } from '../alerts/triage-ask.tsx';
import { ask } from '../api.ts';
import { useApp } from '../app-state.ts';
import { LevelGlyph, looks } from '../parts/severity.tsx';
import { reasonWords, State } from '../parts/state.tsx';
import { Value } from '../parts/value.tsx';
import { plain } from '../shown.ts';
import { moment } from '../times.ts';
import type { Wish } from '../triage.ts';
import { useRule } from './rule-text.tsx';

interface AsideProps {
  readonly alert: AlertInFull;
  readonly onWish: (wish: Wish) => void;
  readonly onAsk: (kind: AskKind) => void;
}

/** Who cares for the alert, what to check, what else happened around it. */
export function Aside({ alert, onWish, onAsk }: AsideProps): JSX.Element {
  return (
    <aside class="alert-aside" aria-label="Triage and context">
      <TriagePanel alert={alert} onWish={onWish} onAsk={onAsk} />
      <WhatToCheck alert={alert} />
      <Labels alert={alert} />
      <RelatedPanel alert={alert} />
    </aside>
  );
}

function TriagePanel({ alert, onWish, onAsk }: AsideProps): JSX.Element {
  const { me } = useApp();
  const { triage, log } = alert;
  const [text, setText] = useState('');
  const setState = (state: TriageState): void => {
    if (state === 'closed') onAsk('close');
    else onWish({ state });
  };
  return (
    <section class="panel" aria-label="Triage">
      <header>
        <h2>Triage</h2>
      </header>
      <div class="pad triage-form">
        <label>
          <span class="label">State</span>
          <select
            value={triage.state}
            onChange={(event) => setState(event.currentTarget.value as TriageState)}
          >
            <option value="open">Open</option>
            <option value="acknowledged">Acknowledged</option>
            <option value="closed">Closed</option>
          </select>
        </label>
        <label>
          <span class="label">Assignee</span>
          <select
            value={triage.assignee ?? ''}
            onChange={(event) => {
              const name = event.currentTarget.value;
              if (name === ' other') onAsk('assign');
              else onWish({ assignee: name === '' ? null : name });
            }}
          >
            <option value="">Nobody</option>
            <option value={me.person}>{plain(me.person, 60)}</option>
            {triage.assignee !== null && triage.assignee !== me.person && (
              <option value={triage.assignee}>{plain(triage.assignee, 60)}</option>
            )}
            <option value=" other">Somebody else…</option>
          </select>
        </label>
        {triage.grewBy > 0 && (
          <p class="high">Grew by {countInWords(triage.grewBy)} events since it was closed.</p>
        )}
        <ol class="log">
          <li>
            <span>Opened by the detector</span>
            <time class="quiet">{moment(alert.first)}</time>
          </li>
          {log.toReversed().map((entry) => (
            <li key={`${entry.at} ${entry.person}`}>
              <span>
                <Value text={entry.person} />: {entry.state}
                {entry.reason !== null && ` (${entry.reason.replace('_', ' ')})`}
                {entry.assignee !== null && (
                  <>
                    , <Value text={entry.assignee} />
                  </>
                )}
                {entry.comment !== null && (
                  <p class="comment">
                    <Value text={entry.comment} />
                  </p>
                )}
              </span>
              <time class="quiet">{moment(entry.at)}</time>
            </li>
          ))}
        </ol>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim() !== '') onWish({ comment: text.trim() });
            setText('');
          }}
        >
          <input
            type="text"
            aria-label="Comment for the next shift"
            placeholder="Comment for the next shift"
            maxLength={4000}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </form>
      </div>
    </section>
  );
}

/** The rule's investigation guide, a step a line. */
function WhatToCheck({ alert }: { readonly alert: AlertInFull }): JSX.Element | null {
  const rule = useRule(alert.ruleId);
  const steps = stepsOf(rule?.guide ?? null);
  if (steps.length === 0) return null;
  return (
    <section class="panel" aria-label="What to check">
      <header>
        <h2>What to check</h2>
      </header>
      <ol class="pad steps">
        {steps.map((step, place) => (
          <li key={place}>
            <Value text={step} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function stepsOf(guide: string | null): readonly string[] {
  if (guide === null) return [];
  return guide
    .split(/^\s*\d+[.)]\s+/m)
    .map((step) => step.replace(/\s+/g, ' ').trim())
    .filter((step) => step !== '')
    .slice(0, 8);
}

function Labels({ alert }: { readonly alert: AlertInFull }): JSX.Element | null {
  if (alert.labels.length === 0) return null;
  return (
    <section class="panel" aria-label="Labels on what was read">
      <header>
        <h2>Labels on what was read</h2>
      </header>
      <ul class="pad tags">
        {alert.labels.map((label) => (
          <li class="tag label-dlp" key={label}>
            <Value text={label} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function RelatedPanel({ alert }: { readonly alert: AlertInFull }): JSX.Element | null {
  const [related, setRelated] = useState<Related | undefined>();
  useEffect(() => {
    const abort = new AbortController();
    ask<Related>(`/alerts/${encodeURIComponent(alert.id)}/related`, abort.signal).then(
      setRelated,
      () => undefined,
    );
    return () => abort.abort();
  }, [alert.id]);
  if (related === undefined) return null;
  const { before, beforeAsNoise } = related;
  return (
    <section class="panel" aria-label="Related">
      <header>
        <h2>Related</h2>
      </header>
      <p class="pad">
        This rule on this host:{' '}
        {before === 0
          ? 'never before.'
          : `${countInWords(before)} before, ${countInWords(beforeAsNoise)} closed as expected or false.`}
      </p>
      <ul class="related">
        {related.lineage.map((row) => (
          <RelatedRow key={row.id} row={row} what="same lineage" />
        ))}
        {related.host.map((row) => (
          <RelatedRow key={row.id} row={row} what="same host" />
        ))}
        {related.user.map((row) => (
          <RelatedRow key={row.id} row={row} what="same user" />
        ))}
      </ul>
    </section>
  );
}

function RelatedRow(props: { readonly row: AlertRow; readonly what: string }): JSX.Element {
  const { row, what } = props;
  return (
    <li>
      <a href={`/alerts/${encodeURIComponent(row.id)}`}>
        <span class={looks[row.level].name}>
          <LevelGlyph level={row.level} />
          <span class="hidden-text">{looks[row.level].words}</span>
        </span>
        <span class="related-text">
          <Value text={row.sentence} />
          <span class="quiet">
            {' · '}
            {what}
            {row.triage.state === 'closed' && ` · ${reasonWords(row.triage).toLowerCase()}`}
          </span>
        </span>
        <time class="quiet">{moment(row.first)}</time>
      </a>
    </li>
  );
}

/** State and reason in one line, for the head of the page. */
export function StateLine({ alert }: { readonly alert: AlertInFull }): JSX.Element {
  const { triage } = alert;
  return (
    <span class="state-line">
      <State state={triage.state} />
      {triage.state === 'closed' && <span class="quiet"> {reasonWords(triage)}</span>}
    </span>
  );
}
