import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { textAt } from '../../../alert/ecs-path.ts';
import { bytesInWords, countInWords } from '../../../alert/words.ts';
import type { AlertInFull } from '../../api/shapes.ts';
import { HiddenTag, Value } from '../parts/value.tsx';
import { clockMs, clockSeconds } from '../times.ts';
import type { EvidenceEvent } from './evidence.ts';
import type { ProcessNode } from './processes.ts';

interface EvidenceProps {
  readonly alert: AlertInFull;
  readonly evidence: readonly EvidenceEvent[];
  readonly chosen: string | undefined;
  readonly reveal: ((event: EvidenceEvent) => void) | undefined;
}

/** First, crossing, last and a sample of what counted. */
export function EvidenceTable({ alert, evidence, chosen, reveal }: EvidenceProps): JSX.Element {
  const [text, setText] = useState('');
  const [opened, setOpened] = useState<string | undefined>();
  const wanted = text.toLowerCase();
  const shown = evidence.filter(
    ({ what, process, action }) =>
      wanted === '' || `${what} ${process ?? ''} ${action}`.toLowerCase().includes(wanted),
  );
  const missing = alert.count - evidence.length;
  return (
    <section class="panel evidence" id="section-2" aria-label="Evidence">
      <header>
        <h2>Evidence</h2>
        <span class="quiet">
          {missing > 0
            ? `${countInWords(evidence.length)} kept of ${countInWords(alert.count)}: first, crossing, last and a sample`
            : `all ${countInWords(evidence.length)}`}
        </span>
        <input
          type="search"
          class="filter-evidence"
          aria-label="Filter the evidence"
          placeholder="Filter"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </header>
      <div class="wide-table" tabIndex={0} role="region" aria-label="Evidence table">
        <table>
          <thead>
            <tr>
              <th>Time</th>
              <th>Action</th>
              <th>File, command or destination</th>
              <th>Process</th>
              <th>Labels</th>
              <th>
                <span class="hidden-text">Raw</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((event) => (
              <EventRows
                key={event.id}
                alert={alert}
                event={event}
                isChosen={event.id === chosen}
                isOpen={event.id === opened}
                toggle={() => setOpened(opened === event.id ? undefined : event.id)}
                reveal={reveal}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface EventRowsProps {
  readonly alert: AlertInFull;
  readonly event: EvidenceEvent;
  readonly isChosen: boolean;
  readonly isOpen: boolean;
  readonly toggle: () => void;
  readonly reveal: ((event: EvidenceEvent) => void) | undefined;
}

function EventRows({
  alert,
  event,
  isChosen,
  isOpen,
  toggle,
  reveal,
}: EventRowsProps): JSX.Element {
  const classes = [event.isCrossing && 'crossing-row', isChosen && 'chosen'].filter(Boolean);
  return (
    <>
      <tr class={classes.join(' ') || undefined} data-event={isChosen ? 'chosen' : undefined}>
        <td class="mono">{clockMs(event.time)}</td>
        <td class="nowrap">
          <span class={`lane ${event.lane}`} aria-hidden="true">
            {event.lane === 'read' ? '●' : event.lane === 'run' ? '▢' : '◆'}
          </span>{' '}
          <Value text={event.action} />
        </td>
        <td>
          <Value text={event.what} isCode isCut />
          {event.bytes !== undefined && <span class="quiet"> {bytesInWords(event.bytes)}</span>}
        </td>
        <td>
          <Value text={event.process} /> <span class="quiet">{event.pid ?? ''}</span>
        </td>
        <td>
          <span class="tags">
            {event.labels.map((label) => (
              <span class="tag label-dlp" key={label}>
                <Value text={label} />
              </span>
            ))}
            {event.isCrossing && alert.limit !== null && (
              <b class="crit">reached {countInWords(alert.limit)}</b>
            )}
            <HiddenTag text={event.what} />
          </span>
        </td>
        <td>
          <button
            class="link"
            type="button"
            aria-expanded={isOpen}
            aria-label={`Raw event of ${clockMs(event.time)}`}
            onClick={toggle}
          >
            raw
          </button>
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={6}>
            <p class="quiet small">
              From <Value text={event.place} isCode />
              {reveal !== undefined && (
                <button class="link" type="button" onClick={() => reveal(event)}>
                  Reveal the record (is audited)
                </button>
              )}
            </p>
            <Raw value={event.event} />
          </td>
        </tr>
      )}
    </>
  );
}

/** A document as text, a line a time. */
export function Raw({ value }: { readonly value: unknown }): JSX.Element {
  const lines = JSON.stringify(value, undefined, 2).split('\n');
  return (
    <pre class="raw" tabIndex={0} role="region" aria-label="Raw event">
      {lines.map((line, place) => (
        <div key={place}>
          {/^ */.exec(line)?.[0]}
          <Value text={line.trimStart()} isCode />
        </div>
      ))}
    </pre>
  );
}

/** The processes from the agent's root down. */
export function ProcessTree(props: {
  readonly roots: readonly ProcessNode[];
  readonly total: number;
}): JSX.Element {
  return (
    <section class="panel processes" id="section-3" aria-label="Processes">
      <header>
        <h2>Processes</h2>
        <span class="quiet">from the agent’s root down, as the evidence names them</span>
      </header>
      {props.roots.length === 0 ? (
        <p class="quiet pad">No event of this alert names a process.</p>
      ) : (
        <div class="tree" role="tree" aria-label="Processes">
          {props.roots.map((node) => (
            <ProcessItem key={node.id} node={node} depth={1} total={props.total} />
          ))}
        </div>
      )}
    </section>
  );
}

const DEPTH_SHOWN_MAX = 12;

function ProcessItem(props: {
  readonly node: ProcessNode;
  readonly depth: number;
  readonly total: number;
}): JSX.Element {
  const { node, depth, total } = props;
  const counts = (['read', 'run', 'send'] as const)
    .filter((lane) => node.lanes[lane] > 0)
    .map((lane) => `${countInWords(node.lanes[lane])} ${lane}`)
    .join(', ');
  return (
    <div
      role="treeitem"
      aria-level={depth}
      aria-expanded={node.children.length > 0 ? true : undefined}
      class="process"
    >
      <div class={node.events > 0 ? 'process-line has-evidence' : 'process-line'}>
        <div class="process-name">
          {node.isGap ? (
            <span class="quiet">⋯ {node.name}</span>
          ) : (
            <>
              <b>
                <Value text={node.name} />
              </b>{' '}
              <span class="quiet">{node.pid ?? ''}</span>
              {node.isAgentRoot && <span class="tag agent">agent root</span>}
              <HiddenTag text={`${node.commandLine ?? ''}${node.executable ?? ''}`} />
            </>
          )}
        </div>
        <div class="process-command quiet">
          {!node.isGap && <Value text={node.commandLine ?? node.executable} isCode isCut />}
        </div>
        <div class="process-time number quiet">
          {node.first === undefined ? '' : clockSeconds(node.first)}
        </div>
        <div class="process-share number">
          {counts}
          {node.events > 0 && total > node.events && <span class="quiet"> of {total} kept</span>}
        </div>
      </div>
      {node.children.length > 0 && depth < DEPTH_SHOWN_MAX && (
        <div role="group" class="children">
          {node.children.map((child) => (
            <ProcessItem key={child.id} node={child} depth={depth + 1} total={total} />
          ))}
        </div>
      )}
    </div>
  );
}

/** Where data went, as the evidence says; a name is never a link. */
export function Destinations(props: {
  readonly alert: AlertInFull;
  readonly evidence: readonly EvidenceEvent[];
}): JSX.Element | null {
  const rows = destinationsOf(props.alert, props.evidence);
  if (rows.length === 0) return null;
  return (
    <section class="panel" id="section-4" aria-label="Destinations">
      <header>
        <h2>Destinations</h2>
        <span class="quiet">{rows.length} during this alert</span>
      </header>
      <div class="wide-table" tabIndex={0} role="region" aria-label="Destinations table">
        <table>
          <thead>
            <tr>
              <th>Name</th>
              <th>Class</th>
              <th class="number">Sent</th>
              <th class="number">Events kept</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, address, kind, bytes, events }) => (
              <tr key={name} class={kind === 'unknown' ? 'crossing-row' : undefined}>
                <td>
                  <Value text={name} isCode />
                  {address !== undefined && address !== name && (
                    <>
                      {' '}
                      <span class="quiet">
                        <Value text={address} isCode />
                      </span>
                    </>
                  )}
                </td>
                <td>
                  <Value text={kind} />
                </td>
                <td class="number">{bytes === 0 ? '—' : bytesInWords(bytes)}</td>
                <td class="number">{countInWords(events)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface Destination {
  readonly name: string;
  address: string | undefined;
  kind: string | undefined;
  bytes: number;
  events: number;
}

function destinationsOf(
  alert: AlertInFull,
  evidence: readonly EvidenceEvent[],
): readonly Destination[] {
  const found = new Map<string, Destination>();
  const add = (event: AlertInFull['document'], bytes: number | undefined, events: number): void => {
    const address = textAt(event, 'destination.ip');
    const name =
      textAt(event, 'tidegate.destination.host') ??
      textAt(event, 'destination.domain') ??
      textAt(event, 'url.domain') ??
      textAt(event, 'dns.question.name') ??
      address;
    if (name === undefined) return;
    const known = found.get(name) ?? { name, address, kind: undefined, bytes: 0, events: 0 };
    known.kind ??= textAt(event, 'tidegate.destination.class');
    known.address ??= address;
    known.bytes += bytes ?? 0;
    known.events += events;
    found.set(name, known);
  };
  for (const { event, bytes } of evidence) add(event, bytes, 1);
  add(alert.document, undefined, 0);
  return [...found.values()].toSorted((a, b) => b.events - a.events);
}
