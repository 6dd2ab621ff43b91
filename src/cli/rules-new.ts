import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Option, type Command } from 'commander';

import { parseDurationMs } from '../base/duration.ts';
import type { TelemetryEvent } from '../event/event.ts';
import { levels } from '../language/level.ts';
import { BUNDLED_RULES } from '../runtime/rule-files.ts';
import type { DraftWindow, RuleDraft } from '../workbench/draft/draft.ts';
import { fieldsOfEvent, logsourceOf, tellingFields, testOf } from '../workbench/draft/proposal.ts';
import { ruleText } from '../workbench/draft/rule-text.ts';
import { eventAt, eventOfAlert, type Start } from '../workbench/draft/start.ts';
import { testText } from '../workbench/draft/test-text.ts';
import type { FieldTest } from '../workbench/sigma-text.ts';
import { FileTester } from '../workbench/testing/files.ts';
import { EXIT, UsageError } from './exit.ts';
import {
  collect,
  existingFiles,
  existingPlaces,
  INPUT_FORMAT_HELP,
  inputDecoder,
} from './input.ts';
import { wholeNumber } from './options.ts';
import { shownPath } from './problem-report.ts';
import { askForRule } from './rule-wizard.ts';
import { testLines, testSummary } from './test-report.ts';
import { printable } from './terminal-text.ts';

const COUNT_MAX = 10_000;

/** What `tidegate rules new` is told, by options or in the wizard. */
export interface NewRuleOptions {
  readonly fromEvents?: string;
  readonly fromAlert?: string;
  readonly line: number;
  readonly inputFormat: string;
  readonly title?: string;
  readonly description?: string;
  readonly author?: string;
  readonly level: string;
  readonly tag?: readonly string[];
  readonly field?: readonly string[];
  readonly agent: boolean;
  readonly within?: string;
  readonly count?: number;
  readonly distinct?: string;
  readonly groupBy?: string;
  readonly dir: string;
  readonly lists?: readonly string[];
  readonly force: boolean;
  readonly yes: boolean;
}

/** `tidegate rules new NAME`: a rule and its tests from an alert or a recorded event. */
export function addRulesNew(rules: Command): void {
  rules
    .command('new')
    .description('write a rule and its tests, from an alert or a recorded event')
    .argument('<name>', 'of the rule and its files, as agent_uploads_archive')
    .addOption(
      new Option('--from-events <file>', 'telemetry with the event that it starts from').conflicts(
        'fromAlert',
      ),
    )
    .option('--line <n>', 'which line of it', wholeNumber('--line', Number.MAX_SAFE_INTEGER), 1)
    .option('--input-format <name>', INPUT_FORMAT_HELP, 'auto')
    .option('--from-alert <file>', 'an alert document, as scan --output ndjson prints it')
    .option('--title <text>', 'what the rule finds, in a few words')
    .option('--description <text>', 'what the rule finds, in a sentence')
    .option('--author <name>', 'who answers for it')
    .addOption(new Option('--level <level>', 'how grave it is').choices(levels).default('medium'))
    .option('--tag <tag>', 'as attack.t1567.002; may be repeated', collect)
    .option(
      '--field <test>',
      'Image, or CommandLine|contains= -T ; may be repeated, all must hold',
      collect,
    )
    .option('--agent', 'only what an AI agent does, or a process below it', false)
    .option('--count <n>', 'alert when it happened so often ...', wholeNumber('--count', COUNT_MAX))
    .option('--within <time>', '... within this time, as 60s or 5m')
    .option('--distinct <field>', '... counting different values of a field')
    .option('--group-by <fields>', '... for each of these, comma-separated (Computer without)')
    .option('--dir <dir>', 'where the files go', '.')
    .option('--lists <dir>', 'folder of lists that win over the bundled ones', collect)
    .option('--force', 'overwrite files that are there', false)
    .option('--yes', 'ask nothing; take what the options say and propose the rest', false)
    .addHelpText('after', HELP)
    .action(async (name: string, options: NewRuleOptions) => {
      process.exitCode = await create(name, options);
    });
}

const HELP = `
On a terminal it asks for what the options do not say. The rule starts from one event: its log source, and the
fields that tell it from others. The tests beside it are a case that fires, a near miss for each field, and for a
window its edges; they run at once.

Examples:
  tidegate rules new curl_upload --from-events day.ndjson --line 17
  tidegate rules new curl_upload --from-events day.ndjson --field Image --field 'CommandLine|contains= -T ' --yes
  tidegate rules new curl_uploads --from-alert alert.json --agent --count 5 --within 60s --tag attack.t1567 --yes`;

async function create(name: string, options: NewRuleOptions): Promise<number> {
  if (!/^[a-z0-9_]{1,64}$/.test(name)) {
    throw new UsageError(`'${name}' is no name for a rule: use a-z, 0-9 and _, as agent_bulk_read`);
  }
  const rulePath = join(options.dir, `${name}.yml`);
  const testPath = join(options.dir, `${name}.test.yml`);
  for (const path of [rulePath, testPath]) {
    if (existsSync(path) && !options.force) {
      throw new UsageError(`${path} is there already; --force overwrites it`);
    }
  }
  const start = await startOf(options);
  if ('problem' in start) throw new UsageError(start.problem);
  const isAsking = !options.yes && process.stdin.isTTY && process.stdout.isTTY;
  const told = isAsking ? await askForRule(start.event, options) : options;
  const draft = draftOf(name, start.event, told);
  mkdirSync(options.dir, { recursive: true });
  writeFileSync(rulePath, ruleText(draft));
  writeFileSync(testPath, testText(draft));
  const lists = existingPlaces([join(BUNDLED_RULES, 'lists'), ...(options.lists ?? [])]);
  const run = new FileTester({ lists, rules: [] }).run(testPath);
  const passed = run.results.every((result) => result.passed);
  const shown = [shownPath(rulePath), shownPath(testPath)].map(printable);
  process.stdout.write(
    `${[
      ...shown.map((path) => `wrote ${path}`),
      ...testLines([run], false),
      testSummary([run], run.ms, 0),
      '',
      'Next: say in the description what the rule misses, and in falsepositives what fires it wrongly; then',
      `  tidegate rules check --strict ${shown[0] ?? ''}`,
      `  tidegate rules test ${shown[0] ?? ''} --watch`,
      `  tidegate backtest ${shown[0] ?? ''} --over FILES`,
    ].join('\n')}\n`,
  );
  return passed ? EXIT.ran : EXIT.failed;
}

async function startOf(options: NewRuleOptions): Promise<Start> {
  const { fromEvents, fromAlert, line, inputFormat } = options;
  if (fromAlert !== undefined) {
    existingFiles([fromAlert]);
    return eventOfAlert(fromAlert);
  }
  if (fromEvents === undefined)
    throw new UsageError('name --from-events FILE or --from-alert FILE');
  existingFiles([fromEvents]);
  return eventAt(fromEvents, line, inputDecoder(inputFormat));
}

function draftOf(name: string, event: TelemetryEvent, options: NewRuleOptions): RuleDraft {
  const fields = fieldsOfEvent(event);
  const choices = options.field ?? tellingFields(event);
  const tests = choices.map((choice): FieldTest => {
    const test = testOf(choice, fields);
    if (typeof test !== 'string') return test;
    const known = [...fields.keys()].join(', ');
    throw new UsageError(`--field ${choice}: ${test}; it has ${known}`);
  });
  if (tests.length === 0)
    throw new UsageError('the event has no field to test; name one with --field');
  const title = options.title ?? titleOf(name);
  const window = windowOf(options);
  const asked = [...tests.map(({ key }) => key.split('|')[0] ?? key), 'Image'];
  const named = [
    ...asked,
    ...(window?.groupBy ?? []),
    ...(window?.distinct === undefined ? [] : [window.distinct]),
  ];
  // The host of a test is named by its own word.
  const isNamed = (field: string): boolean => field !== 'Computer' && named.includes(field);
  const example = new Map([...fields].filter(([field]) => isNamed(field)));
  return {
    name,
    id: randomUUID(),
    title,
    description: options.description ?? `${title}.`,
    author: options.author,
    date: new Date().toISOString().slice(0, 10),
    level: options.level,
    tags: options.tag ?? [],
    logsource: logsourceOf(event),
    tests,
    agentOnly: options.agent,
    window,
    example,
  };
}

function titleOf(name: string): string {
  return name
    .split('_')
    .filter((word) => word !== '')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ');
}

function windowOf(options: NewRuleOptions): DraftWindow | undefined {
  const { count, within, distinct, groupBy, agent } = options;
  if (count === undefined && within === undefined) {
    if (distinct === undefined && groupBy === undefined) return undefined;
    throw new UsageError(
      '--distinct and --group-by are of a window: name --count and --within too',
    );
  }
  if (count === undefined || within === undefined) {
    throw new UsageError('a window needs both: --count N and --within TIME');
  }
  const timespanMs = /^[1-9][0-9]*[smhd]$/.test(within) ? parseDurationMs(within) : undefined;
  if (timespanMs === undefined)
    throw new UsageError(`--within: '${within}' is not a time as 60s or 5m`);
  const groups = groupBy?.split(',').map((field) => field.trim());
  const usual = agent ? ['Computer', 'process.ai_agent.name'] : ['Computer'];
  return {
    id: randomUUID(),
    count,
    timespan: within,
    timespanMs,
    groupBy: groups ?? usual,
    distinct,
  };
}
