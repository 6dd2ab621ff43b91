import { Option, type Command } from 'commander';

import { parseDurationMs } from '../base/duration.ts';
import type { Config } from '../runtime/config/config.ts';
import { createLog, type Logger } from '../runtime/log.ts';
import { redactionKey } from '../runtime/redaction-key.ts';
import { Service } from '../runtime/service.ts';
import { answerParent } from '../runtime/workers/answer.ts';
import { Supervisor } from '../runtime/workers/supervisor.ts';
import { canBeShared, configOfWorker } from '../runtime/workers/worker-config.ts';
import { CONFIG_HELP, DEFAULT_CONFIG, usableConfig } from './config-file.ts';
import { EXIT, UsageError } from './exit.ts';
import { wholeNumber } from './options.ts';
import { HARD_STOP_MS, runService, stopOnSignals } from './service-process.ts';
import type { ServicePage } from './service-page.ts';

interface RunOptions {
  readonly config: string;
  readonly rewind?: string;
  readonly workers: number;
  /** Of a worker that a supervisor has started. */
  readonly worker?: number;
}

/** Beyond this no machine gains. */
const WORKERS_MAX = 256;

/** `tidegate run -c FILE`: the streaming service. */
export function addRun(program: Command): void {
  program
    .command('run')
    .description('run the detector as a service: sources, rules, checkpoints and sinks of one file')
    .option('-c, --config <file>', CONFIG_HELP, DEFAULT_CONFIG)
    .option(
      '--workers <n>',
      'processes that share the partitions of Kafka sources; one more costs memory, a core each gains',
      wholeNumber('--workers', WORKERS_MAX),
      1,
    )
    .option(
      '--rewind <time>',
      'forget the checkpoints and read again from here: a time such as 2026-03-03T10:00:00Z, or ' +
        'how long ago, such as 24h',
    )
    .addOption(
      new Option('--worker <number>').argParser(wholeNumber('--worker', WORKERS_MAX)).hideHelp(),
    )
    .addHelpText(
      'after',
      `
SIGTERM and SIGINT stop it in order: what was read is judged and written, then a last checkpoint.
Whatever happens, a restart goes on from the newest checkpoint and writes nothing twice.
SIGHUP reads rules, lists and pipelines again, as a change of their files does (watch_rules). What is
broken is refused, and the rules in force stay.

With --workers, each process has some of the partitions; status and metrics are those of all. Sources
other than Kafka, and secondary sinks, are the first worker's. A worker that is killed is started again.

Examples:
  tidegate run -c /etc/tidegate/tidegate.yml
  tidegate run -c tidegate.yml --workers 4
  tidegate config check -c tidegate.yml      what is wrong with the file
  curl -s http://127.0.0.1:9464/readyz       whether it delivers`,
    )
    .action(async (options: RunOptions) => {
      process.exitCode = await run(options);
    });
}

async function run(options: RunOptions): Promise<number> {
  const rewindTo = options.rewind === undefined ? undefined : rewindTime(options.rewind);
  const config = usableConfig(options.config);
  const log = createLog(config.logLevel, options.worker);
  const stop = new AbortController();
  if (options.worker !== undefined)
    return runWorker(options.worker, { config, log, stop, rewindTo });
  using _ = stopOnSignals(stop, config, log);
  await using page = await pageOf(config, log);
  if (page !== undefined) log.info({ url: page.url }, 'the page is served');
  if (options.workers > 1 && canBeShared(config))
    return await supervise(options, { config, log, stop });
  if (options.workers > 1) log.warn('one worker is enough: no source of the file can be shared');
  return await runService(new Service({ config, log, stop: stop.signal, rewindTo }), log);
}

interface Run {
  readonly config: Config;
  readonly log: Logger;
  readonly stop: AbortController;
  readonly rewindTo?: number | undefined;
}

/** The page, where the configuration has one; it learns of the service from its status address. */
async function pageOf(config: Config, log: Logger): Promise<ServicePage | undefined> {
  if (config.dashboard === undefined) return undefined;
  const { serveServicePage } = await import('./service-page.ts');
  return serveServicePage(config, config.dashboard, (error) => log.error(error, 'page: a bug'));
}

async function supervise(options: RunOptions, { config, log, stop }: Run): Promise<number> {
  // Made by one of them, before all of them read it.
  redactionKey(config.dataDir);
  const program = process.argv[1];
  if (program === undefined) throw new Error('a program has a path');
  const supervisor = new Supervisor({
    workers: options.workers,
    program,
    argsOf: (worker) => [
      'run',
      '--config',
      options.config,
      '--worker',
      String(worker),
      ...(options.rewind === undefined ? [] : ['--rewind', options.rewind]),
    ],
    listen: config.listen,
    log,
    stop: stop.signal,
  });
  const onReload = (): void => supervisor.signal('SIGHUP');
  process.on('SIGHUP', onReload);
  process.once('exit', () => supervisor.signal('SIGKILL'));
  try {
    const isInOrder = await supervisor.run();
    if (isInOrder) log.info('all workers have stopped in order');
    return isInOrder ? EXIT.ran : EXIT.failed;
  } finally {
    process.off('SIGHUP', onReload);
  }
}

// A terminal, or systemd, sends signals to supervisor and workers alike: the supervisor's word counts.
async function runWorker(worker: number, { config, log, stop, rewindTo }: Run): Promise<number> {
  const end = (): void => {
    stop.abort();
    setTimeout(() => process.exit(EXIT.failed), config.drainMs + HARD_STOP_MS).unref();
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', () => undefined);
  const service = new Service({
    config: configOfWorker(config, worker),
    log,
    stop: stop.signal,
    rewindTo,
  });
  using _ = answerParent(() => service.report(), end);
  return await runService(service, log);
}

function rewindTime(text: string): number {
  const ago = parseDurationMs(text);
  const time = ago === undefined ? Date.parse(text) : Date.now() - ago;
  if (!Number.isSafeInteger(time)) {
    throw new UsageError(
      `--rewind: '${text}' is neither a time such as 2026-03-03T10:00:00Z nor one such as 24h`,
    );
  }
  return time;
}
