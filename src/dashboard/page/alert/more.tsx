import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { AlertInFull } from '../../api/shapes.ts';
import type { AskKind } from '../alerts/triage-ask.tsx';
import { askText } from '../api.ts';
import { useApp } from '../app-state.ts';
import { useKeys } from '../keys.ts';
import { go } from '../route.ts';
import { ProposeFilter } from './propose-filter.tsx';
import { taken, type Wish } from '../triage.ts';

/** What can be taken from the page: links, Markdown, the bundle. */
export function More({ alert }: { readonly alert: AlertInFull }): JSX.Element {
  const { me } = useApp();
  const copy = useCopy(alert);
  const [isBenign, setIsBenign] = useState(false);
  const path = `/api/v1/alerts/${encodeURIComponent(alert.id)}`;
  const elsewhere = me.linkTemplate === null ? undefined : linkOf(me.linkTemplate, alert);
  return (
    <details class="more">
      <summary class="button" aria-label="More">
        ⋯
      </summary>
      <div class="menu panel">
        <button type="button" class="plain" onClick={() => setIsBenign(true)}>
          Mark benign: propose a filter
        </button>
        <button type="button" class="plain" onClick={copy.markdown}>
          Copy as Markdown <kbd>Shift Y</kbd>
        </button>
        <button type="button" class="plain" onClick={copy.link}>
          Copy link <kbd>Y</kbd>
        </button>
        <a class="button plain" href={`${path}/bundle`} download>
          Download JSON bundle
        </a>
        {elsewhere !== undefined && (
          <a class="button plain" href={elsewhere} rel="noreferrer noopener" target="_blank">
            Open in the log store
          </a>
        )}
      </div>
      {isBenign && <ProposeFilter id={alert.id} close={() => setIsBenign(false)} />}
    </details>
  );
}

/** The customer's own template, filled with values that can not leave their place in it. */
function linkOf(template: string, alert: AlertInFull): string | undefined {
  const values: Readonly<Record<string, string>> = {
    id: alert.id,
    host: alert.host,
    user: alert.user ?? '',
    agent: alert.agent ?? '',
    rule: alert.ruleId,
    from: new Date(alert.first).toISOString(),
    to: new Date(alert.last).toISOString(),
  };
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent((values[name] ?? '').toWellFormed()),
  );
  return /^https?:\/\//.test(filled) ? filled : undefined;
}

interface Copy {
  readonly link: () => void;
  readonly markdown: () => void;
}

function useCopy(alert: AlertInFull): Copy {
  const { say, complain } = useApp();
  const copy = (text: Promise<string>, what: string): void => {
    text
      .then((copied) => navigator.clipboard.writeText(copied))
      .then(
        () => say(`${what} copied`),
        () => complain(`${what} could not be copied: the browser does not let this page`),
      );
  };
  const path = `/alerts/${encodeURIComponent(alert.id)}`;
  return {
    link: () => copy(Promise.resolve(new URL(path, window.location.href).href), 'Link'),
    markdown: () => copy(askText(`${path}/markdown`), 'Markdown'),
  };
}

interface AlertKeysProps {
  readonly alert: AlertInFull;
  readonly act: (wish: Wish) => void;
  readonly undo: () => void;
  readonly onAsk: (kind: AskKind) => void;
}

/** The keys of the page; it draws nothing. */
export function AlertKeys({ alert, act, undo, onAsk }: AlertKeysProps): null {
  const { me } = useApp();
  const copy = useCopy(alert);
  const to = (id: string | null): void => {
    if (id !== null) go(`/alerts/${encodeURIComponent(id)}`);
  };
  const sections = Object.fromEntries(
    [1, 2, 3, 4, 5, 6].map((place) => [
      String(place),
      (): void => document.getElementById(`section-${place}`)?.scrollIntoView({ block: 'start' }),
    ]),
  );
  useKeys({
    a: () => act(taken(me.person)),
    c: () => onAsk('close'),
    i: () => onAsk('assign'),
    m: () => onAsk('comment'),
    u: undo,
    y: copy.link,
    'shift Y': copy.markdown,
    '[': () => to(alert.older),
    ']': () => to(alert.newer),
    Escape: () => (window.history.length > 1 ? window.history.back() : go('/alerts')),
    ...sections,
  });
  return null;
}
