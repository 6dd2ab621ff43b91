import type { Command } from 'commander';

import { createLog } from '../runtime/log.ts';
import { Service } from '../runtime/service.ts';
import { CONFIG_HELP, DEFAULT_CONFIG, usableConfig } from './config-file.ts';
import { UsageError } from './exit.ts';
import { runService, stopOnSignals } from './service-process.ts';

interface RepartitionOptions {
  readonly config: string;
}

/** `tidegate repartition -c FILE`: keys by host what producers do not. */
export function addRepartition(program: Command): void {
  program
    .command('repartition')
    .description('key records of a Kafka topic by their host, for producers that do not')
    .option('-c, --config <file>', CONFIG_HELP, DEFAULT_CONFIG)
    .addHelpText(
      'after',
      `
Reads the sources under \`repartition\` and writes every record as it is to the topic \`to\`, keyed by
host, where \`tidegate run\` reads it. Proxies and Zeek name a client's address: references (DHCP logs,
inventories) say which host had it when, and the record gets that host's name along. It runs as the
service does, with checkpoints, as many processes as there are partitions, and an orderly end.

Examples:
  tidegate repartition -c tidegate.yml
  tidegate config check -c tidegate.yml`,
    )
    .action(async (options: RepartitionOptions) => {
      process.exitCode = await repartition(options);
    });
}

async function repartition(options: RepartitionOptions): Promise<number> {
  const given = usableConfig(options.config);
  const { repartition: settings } = given;
  if (settings === undefined) {
    throw new UsageError(
      `${options.config}: has no repartition; name its sources and the topic to write to there`,
    );
  }
  const config = {
    ...given,
    listen: settings.listen,
    secondary: [],
    deadLetterPath: given.deadLetterPath.replace(/(\.[a-z]+)?$/, '.repartition$1'),
  };
  const log = createLog(config.logLevel);
  const stop = new AbortController();
  using _ = stopOnSignals(stop, config, log);
  const service = new Service({ config, log, stop: stop.signal, repartition: settings });
  return await runService(service, log);
}
