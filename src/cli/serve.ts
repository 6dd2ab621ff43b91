import { once } from 'node:events';
import { join } from 'node:path';
import type { Command } from 'commander';

import { defaultLimits } from '../engine/create.ts';
import type { Config } from '../runtime/config/config.ts';
import type { DashboardConfig } from '../runtime/config/dashboard.ts';
import { CONFIG_HELP, usableConfig } from './config-file.ts';
import { EXIT } from './exit.ts';
import { collect, rulePlaces } from './input.ts';
import { Interruption } from './interruption.ts';
import { PAGE_LISTEN } from './page-address.ts';
import { serveServicePage } from './service-page.ts';
import { painter } from './terminal-text.ts';

interface ServeOptions {
  readonly config?: string;
  readonly dataDir: string;
  readonly store?: string;
  readonly rules?: readonly string[];
  readonly listen?: string;
}

/** `tidegate serve`: the page over an alert store, beside whatever writes it. */
export function addServe(program: Command): void {
  program
    .command('serve')
    .description('serve the page of the alerts over a store, for this machine alone by default')
    .option('-c, --config <file>', `${CONFIG_HELP} of a service: its store, rules and people`)
    .option('--data-dir <dir>', 'where the store lies, without a configuration', '.tidegate')
    .option('--store <file>', 'the alert store, without a configuration')
    .option('--rules <path>', 'rules whose text and coverage are shown; may be repeated', collect)
    .option('--listen <address>', `where the page is served; default ${PAGE_LISTEN}`)
    .addHelpText(
      'after',
      `
The printed address holds a token of this start: whoever opens it is signed in. Beyond this machine, the
configuration must name people with passwords, or a proxy that signs them in (docs/dashboard.md).
With -c, health is read from the service's status address (http.listen).

Examples:
  tidegate serve                                 the alerts of the demo and of this folder
  tidegate serve --store /var/lib/tidegate/alerts.db
  tidegate serve -c /etc/tidegate/tidegate.yml   with the rules, people and health of a service
  tidegate run -c tidegate.yml                   serves it itself where the file has \`dashboard:\``,
    )
    .action(async (options: ServeOptions) => {
      process.exitCode = await serve(options);
    });
}

async function serve(options: ServeOptions): Promise<number> {
  const config = options.config === undefined ? ownConfig(options) : usableConfig(options.config);
  const known = config.dashboard ?? NOBODY;
  using interruption = new Interruption();
  await using page = await serveServicePage(config, {
    ...known,
    listen: options.listen ?? known.listen,
  });
  const paint = painter(process.stdout);
  process.stdout.write(
    `The page: ${paint('bold', page.url)}\n${paint('dim', 'Ctrl-C ends it.')}\n`,
  );
  const { signal } = interruption;
  if (!signal.aborted) await once(signal, 'abort');
  return EXIT.ran;
}

const NOBODY: DashboardConfig = {
  listen: PAGE_LISTEN,
  people: [],
  proxy: undefined,
  publicUrl: undefined,
  linkTemplate: undefined,
};

type ServedConfig = Parameters<typeof serveServicePage>[0] & Pick<Config, 'dashboard'>;

/** Without a file: the store of a folder, and no service that could be asked. */
function ownConfig({ dataDir, store, rules }: ServeOptions): ServedConfig {
  return {
    dataDir,
    rules: rules === undefined ? [] : rulePlaces(rules),
    lists: [],
    pipelines: [],
    limits: defaultLimits,
    listen: undefined,
    primary: { kind: 'sqlite', settings: { path: store ?? join(dataDir, 'alerts.db') } },
    secondary: [],
    dashboard: undefined,
  };
}
