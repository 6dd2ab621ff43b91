import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';

import { textsAt } from '../../../alert/ecs-path.ts';
import type { AlertInFull } from '../../api/shapes.ts';
import { TriageAsk, type AskKind } from '../alerts/triage-ask.tsx';
import { useTriage } from '../alerts/use-triage.ts';
import { ApiProblem, ask, send } from '../api.ts';
import { useApp } from '../app-state.ts';
import { useLive } from '../live.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Sentence } from '../parts/sentence.tsx';
import { Severity } from '../parts/severity.tsx';
import { Value } from '../parts/value.tsx';
import { taken, type Wish } from '../triage.ts';
import { Aside, StateLine } from './aside.tsx';
import { AlertKeys, More } from './more.tsx';
import { Facts } from './facts.tsx';
import { evidenceOf, type EvidenceEvent } from './evidence.ts';
import { processTree } from './processes.ts';
import { AlertRule } from './rule-text.tsx';
import { Destinations, EvidenceTable, ProcessTree, Raw } from './sections.tsx';
import { WindowLine } from './window-line.tsx';

interface AlertViewProps {
  readonly id: string;
  /** Beside the list, without the aside. */
  readonly isPreview?: boolean;
}

/** One alert: what happened, and what that rests on. */
export function AlertView({ id, isPreview = false }: AlertViewProps): JSX.Element {
  const { news } = useLive();
  const [alert, setAlert] = useState<AlertInFull | undefined>();
  const [trouble, setTrouble] = useState<string | undefined>();
  useEffect(() => {
    const abort = new AbortController();
    ask<AlertInFull>(`/alerts/${encodeURIComponent(id)}`, abort.signal).then(
      (found) => {
        setAlert(found);
        setTrouble(undefined);
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setTrouble(error instanceof Error ? error.message : '');
      },
    );
    return () => abort.abort();
  }, [id, news?.place, news?.triage]);
  if (trouble !== undefined && alert === undefined) {
    return (
      <p class="panel pad" role="alert">
        This alert can not be shown: {trouble}. <a href="/alerts">Back to the list</a>
      </p>
    );
  }
  if (alert === undefined || alert.id !== id) return <div class="alert-view waiting" />;
  return <Shown key={alert.id} alert={alert} isPreview={isPreview} setAlert={setAlert} />;
}

interface ShownProps {
  readonly alert: AlertInFull;
  readonly isPreview: boolean;
  readonly setAlert: (alert: AlertInFull) => void;
}

function Shown({ alert, isPreview, setAlert }: ShownProps): JSX.Element {
  const { me } = useApp();
  const evidence = useMemo(() => evidenceOf(alert), [alert]);
  const roots = useMemo(() => processTree(alert, evidence), [alert, evidence]);
  const [chosen, setChosen] = useState<string | undefined>();
  const [asking, setAsking] = useState<AskKind | undefined>();
  const [revealed, setRevealed] = useState<string | undefined>();
  const triage = useTriage((row) => setAlert({ ...alert, triage: row.triage }));
  const act = (wish: Wish): void => triage.act([alert], wish);
  const reveal = useReveal(alert.id, setRevealed);
  return (
    <div class={isPreview ? 'alert-view' : 'alert-view whole'}>
      {!isPreview && <AlertKeys alert={alert} act={act} undo={triage.undo} onAsk={setAsking} />}
      <Head alert={alert} isPreview={isPreview} act={act} onAsk={setAsking} />
      <div class="alert-columns">
        <div class="alert-main">
          <Facts alert={alert} />
          <WindowLine alert={alert} evidence={evidence} onEvent={setChosen} />
          <EvidenceTable
            alert={alert}
            evidence={evidence}
            chosen={chosen}
            reveal={me.canReveal ? reveal : undefined}
          />
          <ProcessTree roots={roots} total={evidence.length} />
          <Destinations alert={alert} evidence={evidence} />
          <AlertRule alert={alert} />
          {!isPreview && (
            <section class="panel" id="section-6" aria-label="Raw alert">
              <details>
                <summary>Raw alert, as it was written</summary>
                <Raw value={alert.document} />
              </details>
            </section>
          )}
        </div>
        {!isPreview && <Aside alert={alert} onWish={act} onAsk={setAsking} />}
      </div>
      {!isPreview && (
        <div class="sticky-actions">
          <button class="main" type="button" onClick={() => act(taken(me.person))}>
            Acknowledge
          </button>
          <button type="button" onClick={() => setAsking('close')}>
            Close…
          </button>
        </div>
      )}
      {asking !== undefined && (
        <TriageAsk kind={asking} rows={[alert]} close={() => setAsking(undefined)} onWish={act} />
      )}
      {revealed !== undefined && (
        <Dialog
          title="Record as the sensor sent it"
          close={() => setRevealed(undefined)}
          name="raw-dialog"
        >
          <h2>Record as the sensor sent it</h2>
          <p class="quiet small">That you have seen it is in the audit log.</p>
          <div class="raw">
            <Value text={revealed} isCode />
          </div>
          <button type="button" onClick={() => setRevealed(undefined)}>
            Close
          </button>
        </Dialog>
      )}
    </div>
  );
}

function useReveal(id: string, onText: (text: string) => void): (event: EvidenceEvent) => void {
  const { complain } = useApp();
  return (event) => {
    const path = `/alerts/${encodeURIComponent(id)}/reveal`;
    send<{ readonly text: string }>('POST', path, { event: event.id }).then(
      ({ text }) => onText(text),
      (error: unknown) => complain(error instanceof ApiProblem ? error.message : String(error)),
    );
  };
}

interface HeadProps {
  readonly alert: AlertInFull;
  readonly isPreview: boolean;
  readonly act: (wish: Wish) => void;
  readonly onAsk: (kind: AskKind) => void;
}

function Head({ alert, isPreview, act, onAsk }: HeadProps): JSX.Element {
  const { me } = useApp();
  const techniques = textsAt(alert.document, 'threat.technique.id');
  return (
    <header class="alert-head">
      {!isPreview && (
        <p class="crumbs quiet">
          <a href="/alerts">Alerts</a> / <Value text={alert.id.slice(0, 12)} isCode />
        </p>
      )}
      <div class="alert-line">
        <Severity level={alert.level} isChip />
        <StateLine alert={alert} />
        <a class="quiet" href={`/rules/${encodeURIComponent(alert.ruleId)}`}>
          <Value text={alert.rule} />
        </a>
        <span class="tags">
          {techniques.slice(0, 4).map((technique) => (
            <span class="tag" key={technique}>
              <Value text={technique} />
            </span>
          ))}
        </span>
      </div>
      <h1 class="alert-sentence">
        <Sentence {...alert} />
      </h1>
      <div class="alert-actions">
        <button class="main" type="button" onClick={() => act(taken(me.person))}>
          Acknowledge <kbd>A</kbd>
        </button>
        <button type="button" onClick={() => onAsk('close')}>
          Close… <kbd>C</kbd>
        </button>
        {isPreview ? (
          <a class="button" href={`/alerts/${encodeURIComponent(alert.id)}`}>
            Open
          </a>
        ) : (
          <More alert={alert} />
        )}
      </div>
    </header>
  );
}
