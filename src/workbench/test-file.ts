import { LineIndex, plainYaml, readYaml } from '../base/yaml.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
import { addEvents, textOf } from './test-events.ts';
import type { CaseEvents, Data, ReadRecorded } from './test-events.ts';
import { readOffset } from './test-offset.ts';

/** One case of a rule test file. */
export interface RuleTestCase {
  readonly name: string;
  readonly line: number;
  /** When it begins: the first recorded event, or a fixed moment. */
  readonly start: EventTime;
  /** In order of time. */
  readonly events: readonly TelemetryEvent[];
  readonly expected: readonly ExpectedAlert[];
}

/** An alert that must be raised. */
export interface ExpectedAlert {
  /** From the start of the case to the event that made the condition true. */
  readonly atMs: number;
  /** The values of the group, or the host of a rule without one, with slashes between. */
  readonly key: string;
  /** Name or id; needed only where a file has several rules that alert. */
  readonly rule: string | undefined;
  /** Events that the alert counts in the end. */
  readonly count: number | undefined;
}

/** What is wrong with a test file. */
export interface TestFileProblem {
  readonly message: string;
  readonly line: number;
}

/** The cases of a file, and what could not be read of it. */
export interface TestFile {
  readonly cases: readonly RuleTestCase[];
  readonly problems: readonly TestFileProblem[];
}

/** Reads a file of cases: events at moments, and exactly the alerts that they must raise. */
export function readTestFile(text: string, readRecorded?: ReadRecorded): TestFile {
  const lines = new LineIndex(text);
  const yaml = readYaml(text);
  const document = yaml.documents[0];
  const broken = [...yaml.problems, ...(document?.problems ?? [])];
  const problems: TestFileProblem[] = broken.map(({ message, offset }) => ({
    message,
    line: lines.place(offset).line,
  }));
  if (document === undefined || problems.length > 0) return { cases: [], problems };
  const entry = document.root.kind === 'map' ? document.root.entries.get('cases') : undefined;
  if (entry?.value.kind !== 'list') {
    return { cases: [], problems: [{ message: 'the file must hold a list "cases"', line: 1 }] };
  }
  const cases: RuleTestCase[] = [];
  for (const [index, node] of entry.value.items.entries()) {
    const { line } = lines.place(node.offset);
    const fallback = `case ${String(index + 1)}`;
    const read = readCase(plainYaml(node), { fallback, line, readRecorded });
    if (typeof read === 'string') problems.push({ message: read, line });
    else cases.push(read);
  }
  return { cases, problems };
}

interface CaseContext {
  readonly fallback: string;
  readonly line: number;
  readonly readRecorded: ReadRecorded | undefined;
}

function readCase(data: unknown, context: CaseContext): RuleTestCase | string {
  const { fallback, line, readRecorded } = context;
  if (!isData(data)) return `${fallback} must be a mapping`;
  const name = textOf(data, 'name') ?? fallback;
  const unknown = Object.keys(data).find((key) => !['name', 'events', 'expect'].includes(key));
  if (unknown !== undefined) return `${name}: "${unknown}" is not known`;
  const listed: unknown = data['events'];
  const wanted: unknown = data['expect'];
  if (!Array.isArray(listed)) return `${name}: "events" must be a list`;
  if (!Array.isArray(wanted)) return `${name}: "expect" must be a list, empty for silence`;
  const entries = listed as readonly unknown[];
  if (!entries.every(isData)) return `${name}: an event must be a mapping`;
  const events = addEvents(entries, readRecorded);
  if (typeof events === 'string') return `${name}: ${events}`;
  const expected: ExpectedAlert[] = [];
  for (const entry of wanted) {
    const alert = isData(entry)
      ? readExpected(entry, events)
      : 'an expected alert must be a mapping';
    if (typeof alert === 'string') return `${name}: ${alert}`;
    expected.push(alert);
  }
  return { name, line, ...events, expected };
}

function readExpected(data: Data, { start }: CaseEvents): ExpectedAlert | string {
  const known = ['at', 'time', 'key', 'rule', 'count'];
  const unknown = Object.keys(data).find((key) => !known.includes(key));
  if (unknown !== undefined) return `"${unknown}" is not known in "expect"`;
  const time = textOf(data, 'time');
  const atMs = time === undefined ? readOffset(data['at']) : Date.parse(time) - start;
  const key = textOf(data, 'key');
  const count = data['count'];
  if (atMs === undefined || Number.isNaN(atMs)) {
    return 'an expected alert needs "at", a time such as 29.5s, or "time", as 2026-01-05T09:00:00Z';
  }
  if (key === undefined) return 'an expected alert needs "key", such as host-1/claude_code';
  if (count !== undefined && typeof count !== 'number') return '"count" must be a number';
  return { atMs, key, rule: textOf(data, 'rule'), count };
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
