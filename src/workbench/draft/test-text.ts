import { yamlText } from '../sigma-text.ts';
import type { DraftWindow, RuleDraft } from './draft.ts';

const HOST = 'host-1';
/** An agent of the bundled inventory, for rules that ask for one. */
const AGENT = { image: '/usr/bin/claude', name: 'claude_code', pid: 100 };
const CHILD_PID = 101;

/** Short names that test files have for the usual fields. */
const SHORT: ReadonlyMap<string, string> = new Map([
  ['Image', 'process'],
  ['CommandLine', 'command_line'],
  ['ParentImage', 'parent'],
  ['ParentCommandLine', 'parent_command_line'],
  ['TargetFilename', 'path'],
  ['User', 'user'],
]);

interface When {
  readonly at: string;
  readonly every?: string;
  readonly repeat?: number;
}

/** The tests of a draft: one that fires, near misses for each field, and the edges of the window. */
export function testText(draft: RuleDraft): string {
  const cases = draft.window === undefined ? plainCases(draft) : windowCases(draft, draft.window);
  return `cases:\n${[...cases, ...nearMisses(draft)].join('\n')}`;
}

function plainCases(draft: RuleDraft): readonly string[] {
  return [testCase(draft, 'the event raises an alert', [event(draft, { at: '1s' })], ['1s'])];
}

function windowCases(draft: RuleDraft, window: DraftWindow): readonly string[] {
  const { count, timespanMs } = window;
  const everyMs = Math.max(1, Math.floor(timespanMs / (count * 2)));
  const start = 1000;
  const many = (repeat: number): string => event(draft, { at: '1s', every: ms(everyMs), repeat });
  const last = (at: number): string => event(draft, { at: ms(at) }, { last: true });
  const crossing = ms(start + (count - 1) * everyMs);
  const early = count > 1 ? [many(count - 1)] : [];
  return [
    testCase(
      draft,
      `${count} within ${window.timespan} raise one alert at the last`,
      [many(count)],
      [crossing],
    ),
    ...(count === 1
      ? []
      : [
          testCase(draft, 'one fewer stays silent', early, []),
          testCase(
            draft,
            'the last one a whole timespan after the first stays silent',
            [...early, last(start + timespanMs)],
            [],
          ),
          testCase(
            draft,
            'one millisecond earlier it counts',
            [...early, last(start + timespanMs - 1)],
            [ms(start + timespanMs - 1)],
          ),
        ]),
  ];
}

// Each test in turn sees another value.
function nearMisses(draft: RuleDraft): readonly string[] {
  const repeat = draft.window?.count ?? 1;
  const when = repeat === 1 ? { at: '1s' } : { at: '1s', every: '1ms', repeat };
  const missing = draft.tests.map(({ key }) => {
    const [field = key] = key.split('|');
    const other = otherValue(draft.example.get(field) ?? '');
    return testCase(
      draft,
      `another ${field} stays silent`,
      [event(draft, when, { changed: [field, other] })],
      [],
    );
  });
  if (!draft.agentOnly) return missing;
  const alone = event({ ...draft, agentOnly: false }, when);
  const name = 'the same without an agent above it stays silent';
  return [...missing, testCase({ ...draft, agentOnly: false }, name, [alone], [])];
}

function otherValue(value: string): string {
  if (value.includes('\\')) return 'C:\\something\\else.bin';
  return value.startsWith('/') ? '/something/else.bin' : 'something-else';
}

function testCase(
  draft: RuleDraft,
  name: string,
  events: readonly string[],
  alertsAt: readonly string[],
): string {
  const key = yamlText(keyOf(draft));
  const expected = alertsAt.map((at) => `{ at: ${at}, key: ${key} }`).join(', ');
  return [
    `  - name: ${yamlText(name)}`,
    '    events:',
    ...[...preludeOf(draft), ...events].map((entry) => `      - { ${entry} }`),
    `    expect: [${expected}]`,
    '',
  ].join('\n');
}

// An agent starts, and below it the program that acts.
function preludeOf({ agentOnly, logsource, example }: RuleDraft): readonly string[] {
  if (!agentOnly) return [];
  const agent = `at: 0s, category: process_creation, process: ${AGENT.image}, pid: ${AGENT.pid}`;
  if (logsource.category === 'process_creation') return [agent];
  const image = yamlText(example.get('Image') ?? '/usr/bin/python3');
  const child = `process: ${image}, pid: ${CHILD_PID}, parent_pid: ${AGENT.pid}`;
  return [agent, `at: 0s, category: process_creation, ${child}`];
}

function event(
  draft: RuleDraft,
  { at, every, repeat }: When,
  more: { readonly changed?: readonly [string, string]; readonly last?: true } = {},
): string {
  const { product, category, service } = draft.logsource;
  const source = Object.entries({ category, product, service }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${yamlText(value)}`],
  );
  const distinct = draft.window?.distinct;
  const values = [...draft.example].map(([field, value]) => {
    const changed = more.changed?.[0] === field ? more.changed[1] : value;
    const mark = more.last === true ? '-last' : '-{n}';
    const varied = field === distinct ? `${changed}${mark}` : changed;
    return `${SHORT.get(field) ?? yamlText(field)}: ${yamlText(varied)}`;
  });
  return [
    `at: ${at}`,
    ...(every === undefined ? [] : [`every: ${every}`]),
    ...(repeat === undefined ? [] : [`repeat: ${repeat}`]),
    ...source,
    ...(draft.agentOnly ? processIds(draft) : []),
    ...values,
  ].join(', ');
}

function processIds({ logsource, example }: RuleDraft): readonly string[] {
  const image = example.has('Image') ? [] : ['process: /usr/bin/python3'];
  const ids = [...image, `pid: ${CHILD_PID}`];
  return logsource.category === 'process_creation' ? [...ids, `parent_pid: ${AGENT.pid}`] : ids;
}

function keyOf({ window, example, agentOnly }: RuleDraft): string {
  const values = (window?.groupBy ?? []).map((field) => {
    if (field === 'Computer') return HOST;
    if (field === 'process.ai_agent.name' && agentOnly) return AGENT.name;
    return example.get(field) ?? '';
  });
  return values.length === 0 ? HOST : values.join('/');
}

/** Milliseconds as test files write them. */
function ms(value: number): string {
  return value % 1000 === 0 ? `${value / 1000}s` : `${value}ms`;
}
