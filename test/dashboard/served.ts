import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Alert } from '../../src/alert/alert.ts';
import type {
  AlertGroup,
  AlertInFull,
  AlertPage,
  AlertSummary,
} from '../../src/dashboard/api/shapes.ts';
import type { BulkResult } from '../../src/dashboard/api/triage-api.ts';
import { openDashboard, type DashboardOptions } from '../../src/dashboard/dashboard.ts';
import type { Pipeline } from '../../src/dashboard/pipeline.ts';
import { openSqliteSink } from '../../src/sinks/sqlite.ts';
import type { PrimarySink } from '../../src/sinks/sink.ts';

/** A page over a store of its own, as somebody who signed in with the printed address sees it. */
export interface Served {
  readonly url: string;
  readonly origin: string;
  readonly folder: string;
  readonly sink: PrimarySink;
  /** Asks the API as the person of this start. */
  readonly ask: (method: string, path: string, body?: unknown) => Promise<Answer>;
  /** Waits until the index has so many alerts. */
  readonly indexed: (count: number) => Promise<void>;
}

/** What the answers may hold, of all of them. */
export type Body = AlertPage &
  AlertSummary &
  AlertInFull & {
    readonly detail: string;
    readonly results: readonly BulkResult[];
    readonly groups: readonly AlertGroup[];
    readonly alert: AlertInFull;
    readonly before: number;
    readonly paths: Readonly<Record<string, object>>;
  };

export interface Answer {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

export const idlePipeline: Pipeline = {
  rules: () => [],
  ruleText: () => undefined,
  metrics: async () => '# no detector\n',
  reading: () => ({
    mode: 'none',
    startedAt: 0,
    events: 0,
    newestEvent: null,
    late: 0,
    duplicates: 0,
    hosts: 0,
    refused: [],
    fullest: 0,
    state: [],
    inputs: [],
    parts: [],
    findings: [],
    notReady: [],
  }),
};

/** Serves a page over these alerts for as long as `use` takes. */
export async function serving(
  alerts: readonly Alert[],
  use: (served: Served) => Promise<void>,
  options: Partial<DashboardOptions> = {},
): Promise<void> {
  const bugs: Error[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-page-'));
  try {
    const storePath = join(folder, 'alerts.db');
    await using sink = openSqliteSink({ path: storePath });
    await sink.write(alerts);
    await using page = await openDashboard({
      listen: { host: '127.0.0.1', port: 0 },
      storePath,
      indexPath: join(folder, 'dashboard.db'),
      auditPath: join(folder, 'audit.ndjson'),
      access: { people: [] },
      owner: { name: 'lena', permissions: ['triage', 'reveal'] },
      pipeline: idlePipeline,
      version: '0.0.0',
      onBug: (error) => bugs.push(error),
      ...options,
    });
    const { origin, searchParams } = new URL(page.url);
    const token = searchParams.get('token') ?? '';
    const ask = async (method: string, path: string, body?: unknown): Promise<Answer> => {
      const response = await fetch(`${origin}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return {
        status: response.status,
        body: (await response.json().catch(() => undefined)) as Body,
        headers: response.headers,
      };
    };
    const indexed = async (count: number): Promise<void> => {
      for (let tries = 0; tries < 600; tries++) {
        const { body } = await ask('GET', '/alerts?limit=1');
        if (body.total >= count) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`the index never had ${count} alerts`);
    };
    if (alerts.length > 0) await indexed(alerts.length);
    await use({ url: page.url, origin, folder, sink, ask, indexed });
    if (bugs[0] !== undefined) throw bugs[0];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
