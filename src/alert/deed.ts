import type { Activity, EcsDocument } from '../event/event.ts';
import type { Evidence } from '../engine/engine.ts';
import { isDocument, textAt, textsAt, valueAt } from './ecs-path.ts';
import { fileName, pathInWords, valueInWords } from './words.ts';

/** What the event tells of: as the decoder said, else as its ECS fields suggest. */
export function activityOf(evidence: Evidence): Activity {
  const { activity, document } = evidence;
  if (activity !== undefined && activity !== 'other') return activity;
  const categories = textsAt(document, 'event.category');
  const types = textsAt(document, 'event.type');
  if (categories.includes('process') && types.includes('start')) return 'process_start';
  if (categories.includes('process') && types.includes('end')) return 'process_end';
  if (textAt(document, 'dns.question.name') !== undefined) return 'dns';
  if (textAt(document, 'file.path') !== undefined || categories.includes('file')) {
    if (types.includes('deletion')) return 'file_delete';
    if (types.includes('access')) return 'file_read';
    return types.length > 0 ? 'file_write' : 'other';
  }
  const isConnection =
    categories.includes('network') || isDocument(valueAt(document, 'destination'));
  return isConnection ? 'connection' : 'other';
}

/**
 * What was done in one event, in the past tense and with its object; undefined when the event does
 * not say.
 */
export function deedInWords(evidence: Evidence): string | undefined {
  const { document } = evidence;
  const file = textAt(document, 'file.path') ?? textAt(document, 'file.name');
  switch (activityOf(evidence)) {
    case 'process_start':
      return withObject('started', commandOf(document));
    case 'process_end':
      return withObject('ended', textAt(document, 'process.name'));
    case 'file_read':
      return withObject('read', file, pathInWords);
    case 'file_write':
      return withObject('wrote', file, pathInWords);
    case 'file_delete':
      return withObject('deleted', file, pathInWords);
    case 'connection':
      return withObject('connected to', destinationOf(document));
    case 'dns':
      return withObject('asked for the name', textAt(document, 'dns.question.name'));
    case 'clipboard':
      return 'used the clipboard';
    case 'other':
      return withObject('touched', file, pathInWords);
  }
}

/**
 * Where data went, for people: a name before an address. A command line may be all that names it.
 */
export function destinationOf(document: EcsDocument): string | undefined {
  const name =
    textAt(document, 'destination.domain') ??
    textAt(document, 'url.domain') ??
    textAt(document, 'tidegate.destination.host') ??
    textAt(document, 'destination.address') ??
    textAt(document, 'destination.ip');
  const port = textAt(document, 'destination.port');
  return name === undefined || port === undefined || port === '443' ? name : `${name}:${port}`;
}

/**
 * Names of programs for a new process: its own name and its arguments, without the path in front.
 */
function commandOf(document: EcsDocument): string | undefined {
  const executable = textAt(document, 'process.executable');
  const name =
    textAt(document, 'process.name') ??
    (executable === undefined ? undefined : fileName(executable));
  const line = textAt(document, 'process.command_line');
  if (line === undefined) return name;
  if (name === undefined) return line;
  const rest = argumentsOf(line);
  return rest === '' ? name : `${name} ${rest}`;
}

function argumentsOf(line: string): string {
  const isQuoted = line.startsWith('"');
  const end = line.indexOf(isQuoted ? '"' : ' ', 1);
  return end < 0 ? '' : line.slice(end + 1).trim();
}

function withObject(
  verb: string,
  object: string | undefined,
  inWords: (value: string) => string = valueInWords,
): string | undefined {
  return object === undefined ? undefined : `${verb} ${inWords(object)}`;
}

/** What several events of one kind did: the verb, and the noun for one and for many. */
export interface Deeds {
  readonly verb: string;
  readonly one: string;
  readonly many: string;
}

/** How many events of this kind are told. */
export function deedsOf(activity: Activity): Deeds {
  return DEEDS[activity];
}

const DEEDS: Readonly<Record<Activity, Deeds>> = {
  process_start: { verb: 'started', one: 'process', many: 'processes' },
  process_end: { verb: 'ended', one: 'process', many: 'processes' },
  file_read: { verb: 'read', one: 'file', many: 'files' },
  file_write: { verb: 'wrote', one: 'file', many: 'files' },
  file_delete: { verb: 'deleted', one: 'file', many: 'files' },
  connection: { verb: 'made', one: 'connection', many: 'connections' },
  dns: { verb: 'made', one: 'DNS query', many: 'DNS queries' },
  clipboard: { verb: 'made', one: 'clipboard access', many: 'clipboard accesses' },
  other: { verb: 'caused', one: 'event', many: 'events' },
};
