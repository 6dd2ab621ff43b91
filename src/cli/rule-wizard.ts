import { createInterface, type Interface } from 'node:readline/promises';

import type { TelemetryEvent } from '../event/event.ts';
import { levels } from '../language/level.ts';
import { fieldsOfEvent, logsourceOf, tellingFields, testOf } from '../workbench/draft/proposal.ts';
import type { NewRuleOptions } from './rules-new.ts';
import { painter, printable, shorten } from './terminal-text.ts';

const VALUE_WIDTH = 80;

/** Asks on the terminal for what the options do not say. An empty answer takes what stands in brackets. */
export async function askForRule(
  event: TelemetryEvent,
  options: NewRuleOptions,
): Promise<NewRuleOptions> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    showEvent(event);
    const title = options.title ?? (await ask(terminal, 'Title', ''));
    const field = options.field ?? (await askFields(terminal, event));
    const agent =
      options.agent || (await ask(terminal, 'Only below an AI agent? y/n', 'n')) === 'y';
    const level = await askOne(terminal, 'Level', levels, options.level);
    const tag = options.tag ?? words(await ask(terminal, 'Tags, as attack.t1567.002', ''));
    const window = options.count === undefined ? await askWindow(terminal) : {};
    const told = title === '' ? {} : { title };
    return { ...options, ...told, ...window, field, agent, level, tag };
  } finally {
    terminal.close();
  }
}

function showEvent(event: TelemetryEvent): void {
  const paint = painter(process.stdout);
  const { product, category, service } = logsourceOf(event);
  const source = [product, category, service].filter((part) => part !== undefined).join(' ');
  process.stdout.write(`${paint('bold', printable(`An event of ${source} on ${event.host}`))}\n`);
  for (const [field, value] of fieldsOfEvent(event)) {
    process.stdout.write(
      `  ${printable(field).padEnd(24)} ${shorten(printable(value), VALUE_WIDTH)}\n`,
    );
  }
}

async function askFields(terminal: Interface, event: TelemetryEvent): Promise<readonly string[]> {
  const fields = fieldsOfEvent(event);
  process.stdout.write(
    'Which fields tell it? One a line, as Image or CommandLine|contains= -T ; an empty line ends.\n',
  );
  const chosen: string[] = [];
  for (;;) {
    const proposed = chosen.length === 0 ? tellingFields(event).join(', ') : '';
    const answer = await ask(terminal, 'Field', proposed);
    if (answer === '') return chosen;
    if (chosen.length === 0 && answer === proposed) return tellingFields(event);
    const test = testOf(answer, fields);
    if (typeof test === 'string') process.stdout.write(`  ${printable(test)}\n`);
    else chosen.push(answer);
  }
}

async function askWindow(terminal: Interface): Promise<Partial<NewRuleOptions>> {
  for (;;) {
    const answer = await ask(terminal, 'How often within which time? as 5 60s; empty: once', '');
    if (answer === '') return {};
    const [count = '', within = ''] = words(answer);
    if (/^[1-9][0-9]{0,3}$/.test(count) && /^[1-9][0-9]*[smhd]$/.test(within)) {
      return { count: Number(count), within };
    }
    process.stdout.write('  write a number and a time, as 5 60s\n');
  }
}

async function askOne(
  terminal: Interface,
  question: string,
  choices: readonly string[],
  proposed: string,
): Promise<string> {
  for (;;) {
    const answer = await ask(terminal, question, proposed);
    if (choices.includes(answer)) return answer;
    process.stdout.write(`  one of ${choices.join(', ')}\n`);
  }
}

async function ask(terminal: Interface, question: string, proposed: string): Promise<string> {
  const hint = proposed === '' ? '' : ` [${printable(proposed)}]`;
  const answer = (await terminal.question(`${question}${hint}: `)).trim();
  return answer === '' ? proposed : answer;
}

function words(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}
