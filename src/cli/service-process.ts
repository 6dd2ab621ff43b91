import { Failure } from '../base/failure.ts';
import type { Config } from '../runtime/config/config.ts';
import type { Logger } from '../runtime/log.ts';
import type { Service } from '../runtime/service.ts';
import { EXIT } from './exit.ts';

/** After the drain limit, what still does not end is left behind, in ms. */
export const HARD_STOP_MS = 2_000;

/** Runs a service to its end; gives the exit code. */
export async function runService(service: Service, log: Logger): Promise<number> {
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
    process.off('SIGHUP', onReload);
  }
}

/** Lets SIGTERM and SIGINT end a process in order, and a second one at once. */
export function stopOnSignals(stop: AbortController, config: Config, log: Logger): Disposable {
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(EXIT.failed);
    log.info({ signal }, 'signal received; a second one ends at once');
    stop.abort();
    setTimeout(() => process.exit(EXIT.failed), config.drainMs + HARD_STOP_MS).unref();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return {
    [Symbol.dispose]: (): void => {
      process.off('SIGTERM', onSignal);
      process.off('SIGINT', onSignal);
    },
  };
}
