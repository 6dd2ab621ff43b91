import type { EcsDocument } from '../../event/event.ts';
import type { TriageEntry } from '../api/shapes.ts';
import type { AlertIndex } from './alert-index.ts';
import type { TriageDeed, TriageOutcome } from './triage.ts';

/** Where alerts and triage are kept: the primary store of the detector. */
export interface AlertPlace extends AsyncDisposable {
  /** The index that is fed from here. */
  readonly index: AlertIndex;
  /** Feeds the next alerts to the index; true when more wait. */
  pull(): Promise<boolean>;
  /** An alert's document, and its evidence as it stands. */
  document(id: string): Promise<WholeAlert | undefined>;
  change(deed: TriageDeed): Promise<TriageOutcome>;
  log(id: string): Promise<readonly TriageEntry[]>;
  /** Grows with each change of triage. */
  triagePlace(): number;
  /** Alerts that are in the store and not yet in the index. */
  behind(): number;
}

export interface WholeAlert {
  readonly document: EcsDocument;
  readonly evidence: readonly EcsDocument[];
}
