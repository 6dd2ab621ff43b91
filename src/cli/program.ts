import { Command, CommanderError } from 'commander';

import { Failure } from '../base/failure.ts';
import { productVersion } from '../runtime/product.ts';
import { EXIT, UsageError } from './exit.ts';
import { painter, printable } from './terminal-text.ts';

type AddCommand = (program: Command) => void;

/** Every command by its name, in the order of the help. Only what is called is loaded: it is half of a start. */
const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  demo: async () => (await import('./demo.ts')).addDemo,
  scan: async () => (await import('./scan.ts')).addScan,
  decode: async () => (await import('./decode.ts')).addDecode,
  rules: async () => (await import('./rules.ts')).addRules,
  explain: async () => (await import('./explain.ts')).addExplain,
  backtest: async () => (await import('./backtest.ts')).addBacktest,
  lsp: async () => (await import('./lsp.ts')).addLsp,
  completion: async () => (await import('./completion.ts')).addCompletion,
  run: async () => (await import('./run.ts')).addRun,
  repartition: async () => (await import('./repartition.ts')).addRepartition,
  serve: async () => (await import('./serve.ts')).addServe,
  config: async () => (await import('./config.ts')).addConfig,
  doctor: async () => (await import('./doctor.ts')).addDoctor,
  bench: async () => (await import('./bench.ts')).addBench,
  setup: async () => (await import('./setup.ts')).addSetup,
  'dead-letter': async () => (await import('./dead-letter.ts')).addDeadLetter,
  sensors: async () => (await import('./sensors.ts')).addSensors,
  osquery: async () => (await import('./osquery.ts')).addOsquery,
  replay: async () => (await import('./replay.ts')).addReplay,
  simulate: async () => (await import('./simulate.ts')).addSimulate,
  report: async () => (await import('./report.ts')).addReport,
};

async function buildProgram(called: string | undefined): Promise<Command> {
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
  // What lists or suggests commands needs all of them.
  const isAlone =
    called !== undefined && called !== 'completion' && Object.hasOwn(commands, called);
  for (const [name, load] of Object.entries(commands)) {
    if (isAlone && name !== called) continue;
    const add = await load();
    add(program);
  }
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
    const program = await buildProgram(process.argv[2]);
    await program.parseAsync();
    return Number(process.exitCode ?? EXIT.ran);
  } catch (error) {
    return report(error);
  }
}
