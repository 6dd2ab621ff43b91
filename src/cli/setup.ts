import { Option, type Command } from 'commander';

import type { Variant } from '../sinks/elasticsearch/mappings.ts';
import {
  ELASTICSEARCH_SETTINGS,
  type ElasticsearchSettings,
} from '../sinks/elasticsearch/settings.ts';
import type { SetupStep } from '../sinks/elasticsearch/setup.ts';
import { resources } from '../sinks/elasticsearch/templates.ts';
import { SchemaCheck } from '../base/schema.ts';
import { usableConfig } from './config-file.ts';
import { EXIT, UsageError } from './exit.ts';
import { addSetupKibana } from './setup-kibana.ts';
import { addSetupPassword } from './setup-password.ts';
import { painter, printable } from './terminal-text.ts';

/** Thirteen months: a year can be compared with the one before. */
const RETENTION_DAYS = 395;
const RETENTION_DAYS_MAX = 36_500;

interface SetupOptions {
  readonly config?: string;
  readonly url: string;
  readonly apiKey?: string;
  readonly username?: string;
  readonly password?: string;
  readonly caFile?: string;
  readonly compat: string;
  readonly variant: 'auto' | Variant;
  readonly retentionDays: string;
  readonly dryRun: boolean;
  readonly check: boolean;
}

/** `tidegate setup`: what other systems need before Tidegate can use them. */
export function addSetup(program: Command): void {
  const setup = program.command('setup').description('prepare the systems that Tidegate writes to');
  addSetupKibana(setup);
  addSetupPassword(setup);
  setup
    .command('elasticsearch')
    .description('put index templates, indices and the lifecycle of alerts into Elasticsearch')
    .option('-c, --config <file>', 'the cluster and credentials that this configuration names')
    .addOption(
      new Option('--url <url>', 'address of the cluster')
        .env('TIDEGATE_ELASTICSEARCH_URL')
        .default('http://127.0.0.1:9200'),
    )
    .addOption(
      new Option('--api-key <key>', 'API key, encoded; better in the environment').env(
        'TIDEGATE_ELASTICSEARCH_API_KEY',
      ),
    )
    .option('--username <name>', 'user, for basic authentication')
    .addOption(
      new Option('--password <text>', 'password; better in the environment').env(
        'TIDEGATE_ELASTICSEARCH_PASSWORD',
      ),
    )
    .option('--ca-file <file>', 'PEM file of the authority of the server certificate')
    .addOption(
      new Option('--compat <major>', 'major version of the server')
        .choices(['8', '9'])
        .default('9'),
    )
    .addOption(
      new Option('--variant <name>', 'field types: all (full), or those of the core alone')
        .choices(['auto', 'full', 'core'])
        .default('auto'),
    )
    .option(
      '--retention-days <n>',
      'how long alerts are kept, where the cluster has lifecycles',
      String(RETENTION_DAYS),
    )
    .option('--dry-run', 'print what would be put, for Dev Tools or a review; ask nobody', false)
    .option('--check', 'say what is there and what is missing; change nothing', false)
    .addHelpText(
      'after',
      `
Setup may run again at any time: it brings templates and mappings up to date. It needs the cluster rights
manage_index_templates and manage_ilm, and manage on logs-tidegate.alerts-* and tidegate-*; the detector itself
needs far fewer (docs/elasticsearch.md has both roles).

Examples:
  TIDEGATE_ELASTICSEARCH_API_KEY=... tidegate setup elasticsearch --url https://es.example:9200 --ca-file ca.pem
  tidegate setup elasticsearch -c tidegate.yml
  tidegate setup elasticsearch --dry-run > requests.txt
  tidegate setup elasticsearch --check`,
    )
    .action(async (options: SetupOptions) => {
      process.exitCode = await run(options);
    });
}

async function run(options: SetupOptions): Promise<number> {
  const retentionDays = retentionOf(options.retentionDays);
  if (options.dryRun) {
    print(options.variant === 'core' ? 'core' : 'full', retentionDays);
    return EXIT.ran;
  }
  const settings =
    options.config === undefined ? settingsOf(options) : configuredSettings(options.config);
  if (options.check) return check(settings);
  const paint = painter(process.stdout);
  const onStep = ({ resource, outcome }: SetupStep): void => {
    process.stdout.write(
      `${paint('green', outcome.padEnd(9))}  ${resource.kind} ${resource.name}\n`,
    );
  };
  // The client takes longer to load than everything else.
  const { setupElasticsearch } = await import('../sinks/elasticsearch/setup.ts');
  const variant = options.variant === 'auto' ? undefined : options.variant;
  const result = await setupElasticsearch({ settings, variant, retentionDays, onStep });
  if (result.variant === 'core') {
    process.stdout.write(
      'This cluster lacks some field types: command lines are keywords and not wildcards.\n',
    );
  }
  process.stdout.write(
    result.hasLifecycle
      ? `Months of alerts are deleted ${retentionDays} days after they end.\n`
      : 'This cluster has no lifecycles: delete months of alerts yourself when you no longer need them.\n',
  );
  return EXIT.ran;
}

async function check(settings: ElasticsearchSettings): Promise<number> {
  const { checkElasticsearch } = await import('../sinks/elasticsearch/preparation.ts');
  const paint = painter(process.stdout);
  const findings = await checkElasticsearch(settings);
  for (const { what, isOk, detail } of findings) {
    const word = isOk ? paint('green', 'ok     ') : paint('red', 'missing');
    process.stdout.write(`${word}  ${printable(what)}: ${printable(detail)}\n`);
  }
  return findings.every(({ isOk }) => isOk) ? EXIT.ran : EXIT.failed;
}

/** In the form that Kibana's Dev Tools take. */
function print(variant: Variant, retentionDays: number): void {
  for (const { path, body } of resources({ variant, retentionDays })) {
    process.stdout.write(`PUT ${path}\n${JSON.stringify(body, undefined, 2)}\n\n`);
  }
}

function retentionOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= RETENTION_DAYS_MAX) return days;
  throw new UsageError(
    `--retention-days: '${text}' is not a whole number from 1 to ${RETENTION_DAYS_MAX}`,
  );
}

function configuredSettings(path: string): ElasticsearchSettings {
  const { primary, secondary } = usableConfig(path);
  const sink = [primary, ...secondary].find(({ kind }) => kind === 'elasticsearch');
  if (sink === undefined) throw new UsageError(`${path}: names no sink of kind elasticsearch`);
  // The configuration was held against the schema of its kinds.
  return sink.settings as unknown as ElasticsearchSettings;
}

function settingsOf(options: SetupOptions): ElasticsearchSettings {
  const { url, apiKey, username, password, caFile, compat } = options;
  const settings: ElasticsearchSettings = {
    url,
    compat: compat === '8' ? 8 : 9,
    ...(apiKey === undefined ? {} : { api_key: apiKey }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(caFile === undefined ? {} : { ca_file: caFile }),
  };
  const [problem] = new SchemaCheck(ELASTICSEARCH_SETTINGS).problems(settings);
  if (problem === undefined) return settings;
  if (problem.path[0] === 'url') {
    throw new UsageError(`--url: '${url}' is not an address such as https://es.example:9200`);
  }
  throw new UsageError(`${problem.path.join('.')}: ${problem.message}`);
}
