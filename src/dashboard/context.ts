import type { Audit } from './access/audit.ts';
import type { AccessSettings } from './access/people.ts';
import type { RateLimit } from './access/rate-limit.ts';
import type { Sessions } from './access/sessions.ts';
import type { HealthLog } from './health-log.ts';
import type { Pipeline } from './pipeline.ts';
import type { FoundRecord, RecordPlace } from '../runtime/record-at.ts';
import type { DashboardStore } from './store/store.ts';

/** What the parts of the API work with. */
export interface ApiContext {
  readonly store: DashboardStore;
  readonly pipeline: Pipeline;
  readonly health: HealthLog;
  readonly audit: Audit;
  readonly access: AccessSettings;
  readonly sessions: Sessions;
  readonly logins: RateLimit;
  readonly cookieName: string;
  readonly isSecure: boolean;
  readonly product: { readonly version: string };
  /** Links to the customer's own log store: `{field}` stands for a value. */
  readonly linkTemplate: string | undefined;
  /** Reads the record behind a piece of evidence, as the sensor sent it. */
  readonly readRecord: ((place: RecordPlace) => Promise<FoundRecord>) | undefined;
  /** Told of what no request should bring about. */
  readonly onBug: (error: Error) => void;
  readonly now: () => number;
}
