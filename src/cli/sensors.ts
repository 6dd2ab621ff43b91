import { Option, type Command } from 'commander';

import { abilities, type Ability, type Sense, type Sensor } from '../decoders/senses.ts';
import { sensors as known } from '../decoders/index.ts';
import { EXIT, UsageError } from './exit.ts';
import { Output } from './output.ts';
import { tableLines } from './table.ts';
import { painter } from './terminal-text.ts';

type Paint = ReturnType<typeof painter>;

interface SensorsOptions {
  readonly output: 'table' | 'json';
  readonly json?: boolean;
}

/** `tidegate sensors [NAME...]`: what each sensor can see, and what it can not. */
export function addSensors(program: Command): void {
  program
    .command('sensors')
    .description('print what each sensor can see, in part or not at all, and why')
    .argument('[name...]', 'sensors to show with the reasons; all of them without')
    .addOption(
      new Option('--output <form>', 'json is for machines')
        .choices(['table', 'json'])
        .default('table'),
    )
    .option('--json', 'short for --output json')
    .addHelpText(
      'after',
      `
full: told with every event that could have it. part: in some cases, or when the sensor is set up for it.
blind: never told. The reasons: tidegate sensors NAME.

What rules lose on a fleet:  tidegate rules coverage --sensors sysmon,windows`,
    )
    .action(async (names: string[], options: SensorsOptions) => {
      process.exitCode = await showSensors(names, options);
    });
}

/** The sensors of these names, in the order given; a name that is none is a mistake in the call. */
export function findSensors(names: readonly string[]): readonly Sensor[] {
  return names.map((name) => {
    const sensor = known.find((each) => each.name === name);
    if (sensor !== undefined) return sensor;
    const all = known.map((each) => each.name).join(', ');
    throw new UsageError(`unknown sensor '${name}'; known are ${all}`);
  });
}

async function showSensors(names: readonly string[], options: SensorsOptions): Promise<number> {
  const shown = names.length === 0 ? known : findSensors(names);
  const output = new Output();
  if (options.output === 'json' || options.json === true) {
    output.line(JSON.stringify({ sensors: shown.map(describe) }, undefined, 2));
  } else if (names.length === 0) {
    for (const line of matrix(shown, painter(process.stdout))) output.line(line);
  } else {
    for (const line of reasons(shown, painter(process.stdout))) output.line(line);
  }
  await output.flush();
  return EXIT.ran;
}

function describe({ name, title, serves, senses }: Sensor): object {
  return { sensor: name, title, logsources: serves, abilities: senses };
}

/** What people read for an ability. */
export const ABILITY_TITLES: Readonly<Record<Ability, string>> = {
  process_start: 'process start',
  parent: 'parent',
  file_read: 'file read',
  file_write: 'file write',
  hash: 'hash',
  fqdn: 'FQDN',
  bytes_out: 'bytes out',
  payload: 'payload',
  dns: 'DNS',
  clipboard: 'clipboard',
  signer: 'signer',
};

function matrix(shown: readonly Sensor[], paint: Paint): readonly string[] {
  const columns = ['sensor', ...abilities.map((ability) => ABILITY_TITLES[ability])];
  const rows = shown.map((sensor) => [
    sensor.name,
    ...abilities.map((ability) => word(sensor.senses[ability], paint)),
  ]);
  return tableLines(
    columns.map((title) => ({ title })),
    rows,
    (text) => paint('bold', text),
  );
}

function reasons(shown: readonly Sensor[], paint: Paint): readonly string[] {
  return shown.flatMap((sensor, index) => [
    ...(index === 0 ? [] : ['']),
    `${paint('bold', sensor.name)}: ${sensor.title}`,
    ...tableLines(
      [{ title: 'ability' }, { title: 'sees' }, { title: 'why' }],
      abilities.map((ability) => {
        const sense = sensor.senses[ability];
        return [ABILITY_TITLES[ability], word(sense, paint), sense.reason];
      }),
      (text) => paint('dim', text),
    ),
  ]);
}

function word({ level }: Sense, paint: Paint): string {
  if (level === 'full') return paint('green', 'full');
  return level === 'partial' ? paint('yellow', 'part') : paint('red', 'blind');
}
