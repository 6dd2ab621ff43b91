import type { Command } from 'commander';

import { EXIT } from './exit.ts';
import { maskedValues } from '../runtime/config/mask.ts';
import { configSchema } from '../runtime/config/schema.ts';
import {
  CONFIG_HELP,
  DEFAULT_CONFIG,
  readConfigFile,
  reportConfigProblems,
  usableConfig,
} from './config-file.ts';

interface ConfigOptions {
  readonly config: string;
}

/** `tidegate config check|show|schema`. */
export function addConfig(program: Command): void {
  const config = program
    .command('config')
    .description('check and show the configuration of `tidegate run`')
    .addHelpText('after', EXAMPLE);
  config
    .command('check')
    .description('say all that is wrong with the file, by line and column')
    .option('-c, --config <file>', CONFIG_HELP, DEFAULT_CONFIG)
    .action((options: ConfigOptions) => {
      const { problems } = readConfigFile(options.config);
      process.exitCode = reportConfigProblems(options.config, problems);
      if (problems.length === 0) process.stdout.write(`${options.config}: ok\n`);
    });
  config
    .command('show')
    .description('print the configuration in force, defaults and variables put in, secrets masked')
    .option('-c, --config <file>', CONFIG_HELP, DEFAULT_CONFIG)
    .action((options: ConfigOptions) => {
      usableConfig(options.config);
      const { resolved } = readConfigFile(options.config);
      if (resolved === undefined) return;
      process.stdout.write(`${JSON.stringify(maskedValues(resolved), undefined, 2)}\n`);
    });
  config
    .command('schema')
    .description('print the JSON Schema of the file, for editors')
    .action(() => {
      process.stdout.write(`${JSON.stringify(configSchema(), undefined, 2)}\n`);
      process.exitCode = EXIT.ran;
    });
}

const EXAMPLE = `
A small file:
  version: 1
  data_dir: /var/lib/tidegate
  sources:
    - kind: file
      paths: [/var/log/sysmon.ndjson]
  primary: { kind: sqlite, path: /var/lib/tidegate/alerts.db }

Any text may hold \${NAME} or \${NAME:-default} from the environment; a text file:/run/secrets/x is the
first line of that file. docs/configuration.md describes every key.`;
