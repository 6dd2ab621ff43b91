import { Command, CommanderError } from 'commander';

import { Failure } from '../base/failure.ts';
import { productVersion } from '../runtime/product.ts';
import { addBacktest } from './backtest.ts';
import { addBench } from './bench.ts';
import { addDeadLetter } from './dead-letter.ts';
import { addCompletion } from './completion.ts';
import { addConfig } from './config.ts';
import { addDecode } from './decode.ts';
import { addDemo } from './demo.ts';
import { addDoctor } from './doctor.ts';
import { EXIT, UsageError } from './exit.ts';
import { addExplain } from './explain.ts';
import { addRules } from './rules.ts';
import { addLsp } from './lsp.ts';
import { addOsquery } from './osquery.ts';
import { addReplay } from './replay.ts';
import { addRepartition } from './repartition.ts';
import { addReport } from './report.ts';
import { addRun } from './run.ts';
import { addScan } from './scan.ts';
import { addServe } from './serve.ts';
import { addSetup } from './setup.ts';
import { addSensors } from './sensors.ts';
import { addSimulate } from './simulate.ts';
import { painter, printable } from './terminal-text.ts';

function buildProgram(): Command {
  const program = new Command('tidegate')
    .description(
      'Finds data that leaves endpoints through AI agents, in the telemetry you already have.',
    )
    .version(productVersion())
    .showSuggestionAfterError()
    .showHelpAfterError('(--help shows what is possible)')
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(text.split('\n').map(printable).join('\n')),
    })
    .addHelpText(
      'after',
      `
Examples:
  tidegate demo                                    a simulated working day, live
  tidegate scan sysmon.ndjson.gz                   our rules over a file
  tidegate scan --rules sigma/rules/windows *.ndjson --output ndjson
  tidegate decode events.ndjson --output ndjson    what the decoders understood
  tidegate rules pack --rules sigma/rules/windows  rules that load in a moment
  tidegate serve                                   the page of the alerts that are stored
  tidegate run -c tidegate.yml                     the detector as a service
  tidegate bench                                   how fast this machine detects
  tidegate sensors                                 what each sensor can see
  tidegate simulate --matrix                       which attacks are found on which sensors
  tidegate replay day.ndjson --to stdout --speed 60   recorded telemetry once more

Exit codes: 0 ran, 1 failed, 2 wrong usage, 3 --fail-on LEVEL reached`,
    );
  addDemo(program);
  addScan(program);
  addDecode(program);
  addRules(program);
  addExplain(program);
  addBacktest(program);
  addLsp(program);
  addCompletion(program);
  addRun(program);
  addRepartition(program);
  addServe(program);
  addConfig(program);
  addDoctor(program);
  addBench(program);
  addSetup(program);
  addDeadLetter(program);
  addSensors(program);
  addOsquery(program);
  addReplay(program);
  addSimulate(program);
  addReport(program);
  return program;
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Help and --version end with 0; commander has printed its own line for all others.
    return error.exitCode === 0 ? EXIT.ran : EXIT.usage;
  }
  const paint = painter(process.stderr);
  const say = (text: string): void => {
    process.stderr.write(`${paint('red', 'tidegate:')} ${printable(text)}\n`);
  };
  if (error instanceof UsageError) {
    say(error.message);
    return EXIT.usage;
  }
  if (error instanceof Failure) {
    say(error.message);
    return EXIT.failed;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${paint('red', 'tidegate: this is a bug:')} ${text}\n`);
  return EXIT.failed;
}

/** Runs the command line of this process; returns its exit code. */
export async function run(): Promise<number> {
  try {
    await buildProgram().parseAsync();
    return Number(process.exitCode ?? EXIT.ran);
  } catch (error) {
    return report(error);
  }
}
