import type { ProcessFacts, Scalar, TelemetryEvent } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
import { SyntheticEvent } from './synthetic-event.ts';
import { readOffset } from './test-offset.ts';

/** A mapping of a test file. */
export type Data = Readonly<Record<string, unknown>>;

/** When every case begins; a Monday morning, UTC. */
export const CASE_START: EventTime = Date.UTC(2026, 0, 5, 9);

const EVENTS_MAX = 100_000;
const DEFAULT_HOST = 'host-1';

interface ProcessKeys {
  readonly image: string;
  readonly pid: string;
  readonly guid: string;
  readonly commandLine: string;
}

const ACTOR: ProcessKeys = {
  image: 'process',
  pid: 'pid',
  guid: 'guid',
  commandLine: 'command_line',
};
const PARENT: ProcessKeys = {
  image: 'parent',
  pid: 'parent_pid',
  guid: 'parent_guid',
  commandLine: 'parent_command_line',
};

// Words of the test form that are not fields; any other key is a Sigma field.
const WORDS: ReadonlySet<string> = new Set([
  ...['at', 'every', 'repeat', 'category', 'product', 'service', 'host', 'path', 'user', 'signer'],
  ...Object.values(ACTOR),
  ...Object.values(PARENT),
]);

/** The events of a case, in order of time. */
export interface CaseEvents {
  readonly start: EventTime;
  readonly events: readonly TelemetryEvent[];
}

/** Which recorded events a case takes. */
export interface RecordedEntry {
  /** Beside the test file. */
  readonly path: string;
  /** A decoder's name, or auto. */
  readonly format: string;
}

/** Reads recorded events, or says why not. */
export type ReadRecorded = (entry: RecordedEntry) => readonly TelemetryEvent[] | string;

/** The events that the entries of a case stand for, or what is wrong with one of them. */
export function addEvents(
  entries: readonly Data[],
  readRecorded: ReadRecorded | undefined,
): CaseEvents | string {
  const events: TelemetryEvent[] = [];
  for (const entry of entries.filter(isRecorded)) {
    const read = recordedEvents(entry, readRecorded);
    if (typeof read === 'string') return read;
    events.push(...read);
  }
  // Recorded events keep their own times; the others are told from the first of them.
  const start = events.reduce((first, { time }) => Math.min(first, time), Infinity);
  const begin = Number.isFinite(start) ? start : CASE_START;
  for (const entry of entries) {
    const problem = isRecorded(entry) ? undefined : addMadeUp(entry, begin, events);
    if (problem !== undefined) return problem;
  }
  if (events.length > EVENTS_MAX) return TOO_MANY;
  // The sort is stable: events of one moment stay in the order written.
  return { start: begin, events: events.sort((a, b) => a.time - b.time) };
}

const TOO_MANY = `more than ${String(EVENTS_MAX)} events`;

function isRecorded(entry: Data): boolean {
  return Object.hasOwn(entry, 'recorded');
}

function recordedEvents(
  data: Data,
  readRecorded: ReadRecorded | undefined,
): readonly TelemetryEvent[] | string {
  const path = textOf(data, 'recorded');
  if (path === undefined) return '"recorded" must be the path of a file beside the test';
  const unknown = Object.keys(data).find((key) => !['recorded', 'format'].includes(key));
  if (unknown !== undefined) return `"${unknown}" is not known beside "recorded"`;
  if (readRecorded === undefined) return 'recorded events can not be read here';
  return readRecorded({ path, format: textOf(data, 'format') ?? 'auto' });
}

function addMadeUp(data: Data, start: EventTime, events: TelemetryEvent[]): string | undefined {
  const at = readOffset(data['at'] ?? '0s');
  const every = data['every'] === undefined ? 0 : readOffset(data['every']);
  const repeat = data['repeat'] ?? 1;
  if (at === undefined) return `"at" must be a time such as 1.5s, not ${String(data['at'])}`;
  if (every === undefined) return '"every" must be a time such as 500ms';
  if (typeof repeat !== 'number' || !Number.isSafeInteger(repeat) || repeat < 1) {
    return '"repeat" must be a whole number above zero';
  }
  if (events.length + repeat > EVENTS_MAX) return TOO_MANY;
  for (let n = 1; n <= repeat; n += 1) {
    const event = makeEvent(fill(data, n), start + at + (n - 1) * every, events.length);
    if (typeof event === 'string') return event;
    events.push(event);
  }
  return undefined;
}

// `{n}` is the number of the repetition, from one.
function fill(data: Data, n: number): Data {
  if (!Object.values(data).some((value) => typeof value === 'string' && value.includes('{n}'))) {
    return data;
  }
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.replaceAll('{n}', String(n)) : value,
    ]),
  );
}

function makeEvent(data: Data, time: EventTime, index: number): SyntheticEvent | string {
  const fields = new Map<string, Scalar>();
  for (const [key, value] of Object.entries(data)) {
    if (WORDS.has(key)) continue;
    if (!isScalar(value)) return `the field "${key}" must be a text, a number or true/false`;
    fields.set(key, value);
  }
  const actor = processFacts(data, ACTOR);
  const parent = processFacts(data, PARENT);
  const known: readonly (readonly [string, Scalar | undefined])[] = [
    ['Image', actor?.executable],
    ['CommandLine', actor?.commandLine],
    ['ProcessId', actor?.pid],
    ['ProcessGuid', actor?.guid],
    ['ParentImage', parent?.executable],
    ['ParentCommandLine', parent?.commandLine],
    ['TargetFilename', textOf(data, 'path')],
    ['User', textOf(data, 'user')],
  ];
  for (const [field, value] of known) if (value !== undefined) fields.set(field, value);
  const signer = textOf(data, 'signer');
  const process = actor && {
    ...actor,
    ...(signer === undefined ? {} : { signer }),
    ...(parent === undefined ? {} : { parent }),
  };
  return new SyntheticEvent({
    time,
    index,
    host: textOf(data, 'host') ?? DEFAULT_HOST,
    category: textOf(data, 'category'),
    product: textOf(data, 'product'),
    service: textOf(data, 'service'),
    process,
    fields,
  });
}

function processFacts(data: Data, keys: ProcessKeys): ProcessFacts | undefined {
  const executable = textOf(data, keys.image);
  const guid = textOf(data, keys.guid);
  const commandLine = textOf(data, keys.commandLine);
  const pid = data[keys.pid];
  if (executable === undefined && guid === undefined && typeof pid !== 'number') return undefined;
  return {
    ...(executable === undefined ? {} : { executable }),
    ...(guid === undefined ? {} : { guid }),
    ...(commandLine === undefined ? {} : { commandLine }),
    ...(typeof pid === 'number' ? { pid } : {}),
  };
}

/** The text under this key, or undefined. */
export function textOf(data: Data, key: string): string | undefined {
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function isScalar(value: unknown): value is Scalar {
  return (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean'
  );
}
