import type { Command } from 'commander';

import { createLog } from '../runtime/log.ts';
import { Service } from '../runtime/service.ts';
import { CONFIG_HELP, DEFAULT_CONFIG, usableConfig } from './config-file.ts';
import { EXIT, UsageError } from './exit.ts';
import { Failure } from '../base/failure.ts';
import { parseDurationMs } from '../base/duration.ts';

interface RunOptions {
  readonly config: string;
  readonly rewind?: string;
}

/** After the drain limit, what still does not end is left behind, in ms. */
const HARD_STOP_MS = 2_000;

/** `tidegate run -c FILE`: the streaming service. */
export function addRun(program: Command): void {
  program
    .command('run')
    .description('run the detector as a service: sources, rules, checkpoints and sinks of one file')
    .option('-c, --config <file>', CONFIG_HELP, DEFAULT_CONFIG)
    .option(
      '--rewind <time>',
      'forget the checkpoints and read again from here: a time such as 2026-03-03T10:00:00Z, or ' +
        'how long ago, such as 24h',
    )
    .addHelpText(
      'after',
      `
SIGTERM and SIGINT stop it in order: what was read is judged and written, then a last checkpoint.
Whatever happens, a restart goes on from the newest checkpoint and writes nothing twice.
SIGHUP reads rules, lists and pipelines again, as a change of their files does (watch_rules). What is
broken is refused, and the rules in force stay.

Examples:
  tidegate run -c /etc/tidegate/tidegate.yml
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
  const log = createLog(config.logLevel);
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(EXIT.failed);
    log.info({ signal }, 'signal received; a second one ends at once');
    stop.abort();
    setTimeout(() => process.exit(EXIT.failed), config.drainMs + HARD_STOP_MS).unref();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  const service = new Service({ config, log, stop: stop.signal, rewindTo });
  const onReload = (): void => void service.reload();
  process.on('SIGHUP', onReload);
  try {
    await service.run();
    log.info('stopped in order');
    return EXIT.ran;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    log.fatal({ code: error.code, retryable: error.retryable }, error.message);
    return EXIT.failed;
  } finally {
    process.off('SIGTERM', onSignal);
    process.off('SIGINT', onSignal);
    process.off('SIGHUP', onReload);
  }
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
