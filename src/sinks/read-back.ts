import type { Alert } from '../alert/alert.ts';
import { isDocument, textAt, valueAt } from '../alert/ecs-path.ts';
import { levels } from '../alert/level.ts';
import type { EcsDocument, EcsValue } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';

/** The alert of a stored document, with the state that it had when it opened. */
export function alertOfDocument(source: unknown): Alert {
  const document = withoutIngested(documentOf(source));
  const id = textAt(document, 'event.id') ?? '';
  return {
    id,
    time: timeAt(document, '@timestamp'),
    level: levelOf(textAt(document, 'tidegate.level')),
    ruleId: textAt(document, 'rule.id') ?? '',
    document,
    state: {
      id,
      version: numberAt(document, 'tidegate.count') ?? 0,
      firstSeen: timeAt(document, 'event.start'),
      lastSeen: timeAt(document, 'event.end'),
      value: numberAt(document, 'tidegate.value'),
      sentence: textAt(document, 'event.reason') ?? '',
      evidence: documentsIn(valueAt(document, 'tidegate.evidence')),
    },
  };
}

/** The alert of a stored state, with its document if that is still there. */
export function alertOfState(source: unknown, document: unknown): Alert {
  const state = documentOf(source);
  const id = textAt(state, 'id') ?? '';
  return {
    id,
    time: timeAt(state, '@timestamp'),
    level: levelOf(textAt(state, 'level')),
    ruleId: textAt(state, 'rule.id') ?? '',
    document: document === undefined ? undefined : withoutIngested(documentOf(document)),
    state: {
      id,
      version: numberAt(state, 'count') ?? 0,
      firstSeen: timeAt(state, 'first_seen'),
      lastSeen: timeAt(state, 'last_seen'),
      value: numberAt(state, 'value'),
      sentence: textAt(state, 'sentence') ?? '',
      evidence: documentsIn(state['evidence']),
    },
  };
}

function documentOf(source: unknown): EcsDocument {
  const value = source as EcsValue | undefined;
  return isDocument(value) ? value : {};
}

/** When it was sent belongs to the store and not to the alert. */
function withoutIngested(document: EcsDocument): EcsDocument {
  const event = document['event'];
  if (!isDocument(event)) return document;
  const { ingested: _, ...rest } = event;
  return { ...document, event: rest };
}

function timeAt(document: EcsDocument, path: string): EventTime {
  return Date.parse(textAt(document, path) ?? '') || 0;
}

function numberAt(document: EcsDocument, path: string): number | undefined {
  const value = valueAt(document, path);
  return typeof value === 'number' ? value : undefined;
}

function levelOf(text: string | undefined): Alert['level'] {
  return levels.find((level) => level === text) ?? 'informational';
}

function documentsIn(value: EcsValue | undefined): readonly EcsDocument[] {
  return Array.isArray(value) ? value.filter(isDocument) : [];
}
