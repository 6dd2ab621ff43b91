import { isDocument, textAt, textsAt, valueAt } from '../../../alert/ecs-path.ts';
import type { EcsDocument } from '../../../event/event.ts';
import type { AlertInFull } from '../../api/shapes.ts';

/** What an event did, for its lane: took something in, ran something, sent something out. */
export type Lane = 'read' | 'run' | 'send';

/** A contributing event as the page shows it. */
export interface EvidenceEvent {
  readonly id: string;
  readonly time: number;
  readonly lane: Lane;
  readonly action: string;
  readonly what: string;
  readonly process: string | undefined;
  readonly pid: string | undefined;
  readonly bytes: number | undefined;
  readonly labels: readonly string[];
  readonly isCrossing: boolean;
  readonly rule: string | undefined;
  readonly place: string;
  readonly event: EcsDocument;
}

/** The kept events in their order, the one that reached the limit marked. */
export function evidenceOf(alert: AlertInFull): readonly EvidenceEvent[] {
  const crossing = crossingOf(alert);
  const events = alert.evidence
    .map((entry) => eventOf(entry, crossing))
    .toSorted((a, b) => a.time - b.time);
  return events;
}

/** When the limit was reached; undefined for rules without a window. */
export function crossingOf({ document }: AlertInFull): number | undefined {
  const to = textAt(document, 'tidegate.window.to');
  return to === undefined ? undefined : Date.parse(to);
}

function eventOf(entry: EcsDocument, crossing: number | undefined): EvidenceEvent {
  const event = isDocument(entry['event']) ? entry['event'] : {};
  const time = Date.parse(textAt(entry, 'time') ?? '');
  const lane = laneOf(event);
  const bytes = valueAt(event, 'source.bytes') ?? valueAt(event, 'network.bytes');
  return {
    id: textAt(entry, 'id') ?? '',
    time,
    lane,
    action: textAt(event, 'event.action') ?? lane,
    what: whatOf(event, lane),
    process: textAt(event, 'process.name'),
    pid: textAt(event, 'process.pid'),
    bytes: typeof bytes === 'number' ? bytes : undefined,
    labels: textsAt(event, 'tidegate.dlp.labels'),
    isCrossing: time === crossing,
    rule: textAt(entry, 'rule'),
    place: placeOf(entry),
    event,
  };
}

function laneOf(event: EcsDocument): Lane {
  const categories = textsAt(event, 'event.category');
  const isOut =
    valueAt(event, 'tidegate.payload') !== undefined ||
    valueAt(event, 'tidegate.destination') !== undefined;
  if (isOut || categories.some((name) => OUT.has(name))) return 'send';
  return categories.includes('process') ? 'run' : 'read';
}

const OUT = new Set(['network', 'web', 'email', 'api']);

function whatOf(event: EcsDocument, lane: Lane): string {
  const paths =
    lane === 'read'
      ? ['file.path', 'registry.path', 'process.command_line', 'gen_ai.tool.name']
      : lane === 'run'
        ? ['process.command_line', 'process.executable']
        : [
            'process.command_line',
            'url.full',
            'destination.domain',
            'dns.question.name',
            'destination.ip',
          ];
  for (const path of [...paths, 'process.executable', 'event.code']) {
    const text = textAt(event, path);
    if (text !== undefined) return text;
  }
  return '';
}

function placeOf(entry: EcsDocument): string {
  const file = textAt(entry, 'source.file') ?? '';
  const partition = textAt(entry, 'source.partition') ?? '0';
  const line = textAt(entry, 'source.line') ?? '';
  return `${file}, partition ${partition}, ${line}`;
}
