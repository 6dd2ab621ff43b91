import { isJsonArray, isJsonObject, parseJson, valueAt } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { keyInWords, type PastAlert } from '../backtest/lane.ts';

/** An alert that somebody has judged. */
export interface MarkedAlert {
  readonly ruleId: string;
  /** As `keyInWords` says it. */
  readonly key: string;
  readonly first: number;
  readonly last: number;
}

/** Reads alert documents, one a line, as `scan --output ndjson` prints them and the stores keep them. */
export function readMarks(
  text: string,
  file: string,
): { readonly marks: readonly MarkedAlert[]; readonly problems: readonly string[] } {
  const marks: MarkedAlert[] = [];
  const problems: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const parsed = parseJson(line);
    const mark = 'value' in parsed && isJsonObject(parsed.value) ? markOf(parsed.value) : undefined;
    if (mark === undefined) problems.push(`${file}:${index + 1}: not an alert document`);
    else marks.push(mark);
  }
  return { marks, problems };
}

function markOf(document: JsonObject): MarkedAlert | undefined {
  const ruleId = textAt(document, 'rule.uuid') ?? textAt(document, 'rule.id');
  const host = textAt(document, 'tidegate.host') ?? textAt(document, 'host.name');
  const first = Date.parse(textAt(document, 'event.start') ?? '');
  const last = Date.parse(textAt(document, 'event.end') ?? '');
  if (ruleId === undefined || host === undefined || Number.isNaN(first)) return undefined;
  const parts = valueAt(document, ['tidegate', 'key']);
  const key = parts !== undefined && isJsonArray(parts) ? parts.map(partOf) : [];
  return {
    ruleId,
    key: keyInWords({ host, key }),
    first,
    last: Number.isNaN(last) ? first : last,
  };
}

function partOf(part: JsonValue): { readonly field: string; readonly value: string | null } {
  if (!isJsonObject(part)) return { field: '', value: null };
  return { field: textAt(part, 'field') ?? '', value: textAt(part, 'value') ?? null };
}

function textAt(object: JsonObject, path: string): string | undefined {
  const value = valueAt(object, path.split('.'));
  return typeof value === 'string' ? value : undefined;
}

/** The alert of a run that a mark is about. */
export function alertOf(mark: MarkedAlert, alerts: readonly PastAlert[]): PastAlert | undefined {
  return alerts.find(
    (alert) =>
      alert.ruleId === mark.ruleId &&
      keyInWords(alert) === mark.key &&
      alert.first <= mark.last &&
      mark.first <= alert.last,
  );
}
