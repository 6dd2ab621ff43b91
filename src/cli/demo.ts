import { once } from 'node:events';
import { join, resolve } from 'node:path';

import type { Command } from 'commander';

import { createAlerts } from '../alert/alert.ts';
import { createRedactor } from '../alert/redaction.ts';
import { Failure } from '../base/failure.ts';
import type { Dashboard } from '../dashboard/dashboard.ts';
import { createAutoDecoder } from '../decoders/index.ts';
import type { Detection } from '../engine/engine.ts';
import { DecodeCounts } from '../runtime/decoding.ts';
import { detect } from '../runtime/detect.ts';
import { createDetector } from '../runtime/detector.ts';
import { mergeFiles } from '../runtime/merge.ts';
import { Pace, pacedBatches } from '../runtime/pace.ts';
import { redactionKey } from '../runtime/redaction-key.ts';
import { BUNDLED_RULES } from '../runtime/rule-files.ts';
import { openSink } from '../sinks/index.ts';
import { DemoPipeline } from './demo-pipeline.ts';
import { DemoScreen } from './demo-screen.ts';
import { EXIT } from './exit.ts';
import { collect, rulePlaces, sayNotice } from './input.ts';
import { Interruption } from './interruption.ts';
import { PAGE_LISTEN } from './page-address.ts';
import { reportProblems } from './problems.ts';
import { RefusedRecords } from './refused.ts';
import { parseSpeed } from './speed.ts';

const SCENARIO = resolve(import.meta.dirname, '../../fixtures/scenarios/developer-day.ndjson.gz');

/** Records of the bundled day, for the progress bar; a test compares it with the file. */
export const SCENARIO_RECORDS = 15_290;

interface DemoOptions {
  readonly rules?: readonly string[];
  readonly dataDir: string;
  readonly speed?: string;
  readonly progress: boolean;
  readonly serve?: boolean;
  readonly listen: string;
}

/** `tidegate demo`, the main job of `npm start`. */
export function addDemo(program: Command): void {
  program
    .command('demo')
    .description(
      'replay a simulated working day through the whole pipeline and show the alerts live',
    )
    .option(
      '--rules <path>',
      'rule file, folder or pack, instead of the bundled ones; may be repeated',
      collect,
    )
    .option('--data-dir <dir>', 'where alerts are stored (SQLite)', '.tidegate')
    .option('--speed <n>', 'multiple of event time, or max; default 3600 on a terminal, else max')
    .option('--no-progress', 'no live view, only the results')
    .option('--serve', 'show the alerts on a page too, until Ctrl-C; default on a terminal')
    .option('--no-serve', 'no page: end with the summary')
    .option('--listen <address>', 'where the page is served', PAGE_LISTEN)
    .addHelpText(
      'after',
      `
The day: a developer's laptop (Sysmon and Windows Security) and a build machine (osquery), on which desktop
agents do honest work and three things that they should not. No server, no network, no account is used.
On a terminal the alerts are on a page as well, which stays open after the summary.
Ctrl-C stops cleanly.`,
    )
    .action(async (options: DemoOptions) => {
      process.exitCode = await demo(options);
    });
}

async function demo(options: DemoOptions): Promise<number> {
  const decoder = createAutoDecoder();
  const detector = createDetector({
    rules: rulePlaces(options.rules ?? [BUNDLED_RULES]),
    onNotice: sayNotice,
    lists: [join(BUNDLED_RULES, 'lists')],
    decoder,
  });
  reportProblems(detector.problems, false);
  const redactor = createRedactor(redactionKey(options.dataDir));
  await using store = await openSink('sqlite', { path: join(options.dataDir, 'alerts.db') });
  await using refused = new RefusedRecords(options.dataDir);
  using interruption = new Interruption();
  const { signal } = interruption;
  const speed = parseSpeed(options.speed ?? (process.stdout.isTTY ? '3600' : 'max'));
  const pace = new Pace({ speed, signal });
  const counts = new DecodeCounts();
  const screen = new DemoScreen({ isLive: options.progress, speed: pace.speed, counts });
  const pipeline = new DemoPipeline(detector, counts, store.name);
  await using page = await openPage(options, store.name, pipeline);
  screen.start(page?.url);
  await detect({
    detector,
    counts,
    batches: pacedBatches(mergeFiles({ paths: [SCENARIO], decoder }), pace),
    signal,
    minimumLevel: 'low',
    onRefused: (refusal) => refused.add(refusal),
    onDetections: async (detections: readonly Detection[]) => {
      const alerts = createAlerts(detections, { redactor });
      // The store first: what is shown has been kept.
      screen.stored(await store.write(alerts));
      screen.alerts(alerts);
    },
    onBatch: async (newest) => {
      await refused.flush();
      pipeline.reached(newest);
      screen.reached(newest, counts.records / SCENARIO_RECORDS);
    },
  });
  screen.finish({
    statistics: detector.engine.statistics(),
    storePath: store.name,
    pausedMs: pace.pausedMs,
    isInterrupted: signal.aborted,
  });
  await refused.report(counts);
  if (page !== undefined && !signal.aborted) {
    screen.stays(page.url);
    await once(signal, 'abort');
  }
  return EXIT.ran;
}

/** The page of this replay, where one is wanted; another port when a page is open already. */
async function openPage(
  { serve, listen, dataDir }: DemoOptions,
  storePath: string,
  pipeline: DemoPipeline,
): Promise<Dashboard | undefined> {
  if (!(serve ?? process.stdout.isTTY)) return undefined;
  const { servePage } = await import('./page.ts');
  const page = { listen, dataDir, storePath, pipeline };
  try {
    return await servePage(page);
  } catch (error) {
    const isTaken = error instanceof Failure && error.code === 'address_unusable';
    if (!isTaken || listen !== PAGE_LISTEN) throw error;
    return servePage({ ...page, listen: '127.0.0.1:0' });
  }
}
