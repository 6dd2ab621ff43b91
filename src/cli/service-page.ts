import type { AccessSettings } from '../dashboard/access/people.ts';
import type { Dashboard } from '../dashboard/dashboard.ts';
import type { Config } from '../runtime/config/config.ts';
import type { DashboardConfig } from '../runtime/config/dashboard.ts';
import { openSqliteSink } from '../sinks/sqlite.ts';
import { UsageError } from './exit.ts';
import { servePage } from './page.ts';
import { ServicePipeline, type ServiceParts } from './service-pipeline.ts';

export interface ServicePage extends AsyncDisposable {
  readonly url: string;
}

/** The parts of a configuration that the page is made from. */
export type PageConfig = ServiceParts & Pick<Config, 'dataDir'>;

/** Serves the page over the primary store of a configuration. */
export async function serveServicePage(
  config: PageConfig,
  dashboard: DashboardConfig,
  onBug?: (error: Error) => void,
): Promise<ServicePage> {
  const storePath = storeOf(config);
  // The page may come before the first alert: then it finds an empty store.
  await openSqliteSink({ path: storePath })[Symbol.asyncDispose]();
  const pipeline = new ServicePipeline(config);
  const page: Dashboard = await servePage({
    listen: dashboard.listen,
    dataDir: config.dataDir,
    storePath,
    pipeline,
    access: accessOf(dashboard),
    linkTemplate: dashboard.linkTemplate,
    ...(onBug === undefined ? {} : { onBug }),
  });
  return {
    url: page.url,
    [Symbol.asyncDispose]: async () => {
      pipeline[Symbol.dispose]();
      await page[Symbol.asyncDispose]();
    },
  };
}

function storeOf({ primary }: PageConfig): string {
  const { path } = primary.settings;
  if (primary.kind === 'sqlite' && typeof path === 'string') return path;
  throw new UsageError(
    `dashboard: the page reads SQLite stores, and the primary is ${primary.kind}; ` +
      'Kibana shows those of Elasticsearch (`tidegate setup kibana`)',
  );
}

function accessOf({ people, proxy, publicUrl }: DashboardConfig): Omit<AccessSettings, 'token'> {
  return {
    people,
    ...(proxy === undefined ? {} : { proxy }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
  };
}
