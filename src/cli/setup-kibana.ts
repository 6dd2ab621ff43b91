import { Option, type Command } from 'commander';

import { savedObjects, savedObjectsText } from '../sinks/elasticsearch/saved-objects.ts';
import { EXIT, UsageError } from './exit.ts';
import { counted } from './format.ts';
import { painter } from './terminal-text.ts';

interface KibanaOptions {
  readonly url: string;
  readonly space?: string;
  readonly apiKey?: string;
  readonly username?: string;
  readonly password?: string;
  readonly caFile?: string;
  readonly dryRun: boolean;
}

/** `tidegate setup kibana`: a data view, searches and a dashboard of our alerts. */
export function addSetupKibana(setup: Command): void {
  setup
    .command('kibana')
    .description('import a data view, saved searches and a dashboard of the alerts into Kibana')
    .addOption(
      new Option('--url <url>', 'address of Kibana')
        .env('TIDEGATE_KIBANA_URL')
        .default('http://127.0.0.1:5601'),
    )
    .option('--space <id>', 'space to import into, instead of the default one')
    .addOption(
      new Option('--api-key <key>', 'API key, encoded; better in the environment').env(
        'TIDEGATE_KIBANA_API_KEY',
      ),
    )
    .option('--username <name>', 'user, for basic authentication')
    .addOption(
      new Option('--password <text>', 'password; better in the environment').env(
        'TIDEGATE_KIBANA_PASSWORD',
      ),
    )
    .option('--ca-file <file>', 'PEM file of the authority of the server certificate')
    .option(
      '--dry-run',
      'print the saved objects as NDJSON, for an import by hand; ask nobody',
      false,
    )
    .addHelpText(
      'after',
      `
May run again at any time: objects of an earlier import are replaced. The objects are of the form of Kibana
8.8, which later ones migrate. By hand: Stack Management, Saved Objects, Import.

Examples:
  TIDEGATE_KIBANA_API_KEY=... tidegate setup kibana --url https://kibana.example:5601
  tidegate setup kibana --dry-run > tidegate.ndjson`,
    )
    .action(async (options: KibanaOptions) => {
      process.exitCode = await run(options);
    });
}

async function run(options: KibanaOptions): Promise<number> {
  if (options.dryRun) {
    process.stdout.write(savedObjectsText());
    return EXIT.ran;
  }
  if (!/^https?:\/\/[^/]/.test(options.url)) {
    throw new UsageError(`--url: '${options.url}' is not an address such as https://kibana:5601`);
  }
  const { importSavedObjects } = await import('../sinks/elasticsearch/kibana.ts');
  const { imported } = await importSavedObjects(options);
  const paint = painter(process.stdout);
  for (const { type, attributes } of savedObjects()) {
    process.stdout.write(`${paint('green', 'imported')}  ${type} ${String(attributes['title'])}\n`);
  }
  process.stdout.write(`${counted(imported, 'object')} taken by Kibana.\n`);
  return EXIT.ran;
}
