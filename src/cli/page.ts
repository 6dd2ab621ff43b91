import { userInfo } from 'node:os';
import { join } from 'node:path';

import type { AccessSettings } from '../dashboard/access/people.ts';
import { openDashboard, type Dashboard } from '../dashboard/dashboard.ts';
import type { Pipeline } from '../dashboard/pipeline.ts';
import { productVersion } from '../runtime/product.ts';
import { recordAt } from '../runtime/record-at.ts';
import { pageAddress } from './page-address.ts';
import { painter, printable } from './terminal-text.ts';

export interface PageOptions {
  /** `host:port`. */
  readonly listen: string;
  readonly dataDir: string;
  readonly storePath: string;
  readonly pipeline: Pipeline;
  readonly access?: Omit<AccessSettings, 'token'>;
  readonly linkTemplate?: string | undefined;
  readonly onBug?: (error: Error) => void;
}

/** Serves the page over an alert store, for whoever started this process. */
export function servePage(options: PageOptions): Promise<Dashboard> {
  const { dataDir } = options;
  return openDashboard({
    listen: pageAddress(options.listen),
    storePath: options.storePath,
    indexPath: join(dataDir, 'dashboard.db'),
    auditPath: join(dataDir, 'audit.ndjson'),
    access: options.access ?? { people: [] },
    owner: { name: userName(), permissions: ['triage', 'reveal'] },
    pipeline: options.pipeline,
    version: productVersion(),
    linkTemplate: options.linkTemplate,
    readRecord: recordAt,
    onBug: options.onBug ?? sayBug,
  });
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'owner';
  }
}

function sayBug(error: Error): void {
  const paint = painter(process.stderr);
  const text = printable(error.stack ?? error.message);
  process.stderr.write(`${paint('red', 'tidegate: this is a bug:')} ${text}\n`);
}
