import { startElasticsearch } from './elasticsearch.ts';
import { startKafka, type KafkaCluster } from './kafka.ts';
import { ServicesUnavailable } from './unavailable.ts';

/** Servers that the suites of one run share, each started when the first suite asks for it. */
const started: Map<string, Promise<AsyncDisposable>> = new Map();
const STARTING_MS_MAX = 300_000;

/** True in the short form (`npm run test:services -- --short`): one of each kind of fault. */
export const isShort: boolean = process.argv.includes('--short');

/**
 * Addresses of a plain Kafka with one broker, shared by the suites of this run: topics and groups must
 * have names of their own (`uniqueName`). TIDEGATE_KAFKA names one that runs already.
 */
export async function sharedKafka(context: Mocha.Context): Promise<readonly string[]> {
  const named = process.env['TIDEGATE_KAFKA'];
  if (named !== undefined) return named.split(',');
  return (await shared(context, 'kafka', () => startKafka())).bootstrap;
}

/** The same with every kind of listener. */
export function sharedSecureKafka(context: Mocha.Context): Promise<KafkaCluster> {
  return shared(context, 'secure kafka', () => startKafka({ isSecured: true }));
}

/** The address of an Elasticsearch. TIDEGATE_ELASTICSEARCH names one that runs already. */
export async function sharedElasticsearch(context: Mocha.Context): Promise<string> {
  const named = process.env['TIDEGATE_ELASTICSEARCH'];
  return named ?? (await shared(context, 'elasticsearch', () => startElasticsearch())).url;
}

/**
 * Starts a server of a suite's own in a `before` hook, which breaks things. Where servers can not be
 * started the suite is skipped with one line; in CI that is a failure, since a test that did not run
 * has shown nothing.
 */
export async function startOrSkip<S>(context: Mocha.Context, start: () => Promise<S>): Promise<S> {
  context.timeout(STARTING_MS_MAX);
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof ServicesUnavailable) || process.env['CI'] === 'true') throw error;
    process.stdout.write(`    skipped: ${error.message}\n`);
    return context.skip();
  }
}

/** A name for a topic, group or index that no other test uses. */
export function uniqueName(stem: string): string {
  names += 1;
  return `${stem}-${process.pid}-${Date.now().toString(36)}-${names}`;
}
let names = 0;

/** Stops what was started; called once, after the last suite. */
export async function stopShared(): Promise<void> {
  const servers = await Promise.allSettled(started.values());
  for (const server of servers) {
    if (server.status === 'fulfilled') await server.value[Symbol.asyncDispose]();
  }
}

function shared<S extends AsyncDisposable>(
  context: Mocha.Context,
  name: string,
  start: () => Promise<S>,
): Promise<S> {
  return startOrSkip(context, () => {
    const server = (started.get(name) as Promise<S> | undefined) ?? start();
    started.set(name, server);
    return server;
  });
}
