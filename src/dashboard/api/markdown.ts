import { isDocument, textAt } from '../../alert/ecs-path.ts';
import { countInWords, isoTime, valueInWords } from '../../alert/words.ts';
import type { AlertInFull } from './shapes.ts';

const EVIDENCE_MAX = 12;
const VALUE_LENGTH_MAX = 300;

/** An alert for a ticket or a chat. Values are fenced and addresses defanged: chats make links. */
export function markdownOf(alert: AlertInFull): string {
  const { triage, document } = alert;
  const facts: readonly (readonly [string, string | null])[] = [
    ['Severity', alert.level],
    ['Rule', alert.rule],
    ['Agent', alert.agent],
    ['Host', alert.host],
    ['User', alert.user],
    ['Destination', alert.destination],
    ['Events', countInWords(alert.count)],
    ['First seen', isoTime(alert.first)],
    ['Last seen', isoTime(alert.last)],
    ['State', triage.reason === null ? triage.state : `${triage.state} (${triage.reason})`],
    ['Assignee', triage.assignee],
    ['Comment', triage.comment],
    ['Alert', alert.id],
  ];
  const lines = facts
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `- ${name}: ${fenced(value ?? '')}`);
  const techniques = textAt(document, 'threat.technique.id');
  if (techniques !== undefined) lines.push(`- Technique: ${fenced(techniques)}`);
  const evidence = alert.evidence.slice(0, EVIDENCE_MAX).map((entry) => {
    const event = isDocument(entry['event']) ? entry['event'] : {};
    const what =
      textAt(event, 'process.command_line') ??
      textAt(event, 'file.path') ??
      textAt(event, 'destination.domain') ??
      textAt(event, 'event.action') ??
      '';
    return `- ${fenced(textAt(entry, 'time') ?? '')} ${fenced(what)}`;
  });
  return [
    `## ${fenced(alert.sentence)}`,
    '',
    ...lines,
    '',
    `Evidence, ${alert.evidence.length} of ${countInWords(alert.count)} events:`,
    '',
    ...evidence,
    '',
  ].join('\n');
}

/** A value as code: nothing in it is markup. A run of backticks is fenced by a longer one. */
function fenced(value: string): string {
  const shown = defanged(valueInWords(value, VALUE_LENGTH_MAX));
  const runs = shown.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
  const pad = fence.length > 1 ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Addresses that no chat turns into a link. */
export function defanged(text: string): string {
  return text
    .replace(/\bhttp(s?):\/\//gi, 'hxxp$1://')
    .replace(/\bftp:\/\//gi, 'fxp://')
    .replace(/(?<=[\p{L}\p{N}])\.(?=\p{L}{2,24}(?![\p{L}\p{N}\\]))/gu, '[.]')
    .replace(/\b(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\b/g, '$1[.]$2[.]$3[.]$4');
}
