import type { Position, RawRecord } from '../event/record.ts';

/** Where records come from. Any source carries any format. */
export interface Source extends AsyncDisposable {
  /** A name for people: a path, a topic. */
  readonly name: string;
  /** Records in the log's order, in batches; ends when the source does. */
  batches(): AsyncIterable<readonly RawRecord[]>;
  /** Everything up to these positions has taken effect and need not be delivered again. */
  acknowledge(positions: readonly Position[]): Promise<void>;
}
