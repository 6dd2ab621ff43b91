import type { RawRecord } from '../../event/record.ts';
import type { Fetched, TopicPartition } from './client.ts';

/** What steers the client's fetching of one partition. */
export interface FeedControl {
  seek(place: TopicPartition, offset: number): void;
  pause(place: TopicPartition): void;
  resume(place: TopicPartition): void;
  /** The client stands ahead of where it was put: records before it may be gone. */
  recover(feed: Feed): void;
}

/** Who takes records from a feed. */
export interface FeedReader {
  /** The offset that it needs next; undefined if it wants nothing now. */
  readonly wanted: number | undefined;
  /** Takes records, the first of which may lie before what it wants; the next piece begins at `next`. */
  take(records: readonly RawRecord[], next: number): void;
  /** Records before this offset are gone. */
  skip(offset: number): void;
  /** The offset that the next record written will have. */
  see(end: number): void;
}

/**
 * One partition as the client fetches it, for one reader or for several at positions of their own.
 * The client fetches in one place at a time: that of the reader that is furthest behind. A reader that
 * wants nothing (its buffer is full) holds back no other: it falls behind, and the feed goes back for
 * it when it wants again.
 */
export class Feed {
  readonly place: TopicPartition;
  private readonly control: FeedControl;
  private readonly readers: Set<FeedReader> = new Set();
  /** Where the client fetches next; undefined before the first seek. */
  private position: number | undefined;
  private isFetching = false;

  constructor(place: TopicPartition, control: FeedControl) {
    this.place = place;
    this.control = control;
  }

  /** Where the client fetches next. */
  get standsAt(): number | undefined {
    return this.position;
  }

  add(reader: FeedReader): void {
    this.readers.add(reader);
  }

  remove(reader: FeedReader): void {
    this.readers.delete(reader);
    this.update();
  }

  /** The client stands at a place of its own after a round of dealing: it is put back to ours. */
  restart(): void {
    this.position = undefined;
    this.isFetching = false;
    this.control.pause(this.place);
    this.update();
  }

  /** To be called whenever what a reader wants has changed. */
  update(): void {
    const wanted = [...this.readers].map((reader) => reader.wanted).filter(isDefined);
    if (wanted.length === 0) {
      if (this.isFetching) this.control.pause(this.place);
      this.isFetching = false;
      return;
    }
    const behind = Math.min(...wanted);
    if (this.position === undefined || behind !== this.position) this.seek(behind);
    if (!this.isFetching) this.control.resume(this.place);
    this.isFetching = true;
  }

  /**
   * A piece arrived. Pieces that do not begin where the feed stands are dropped, and the client is put
   * right: after a seek, an answer from before may still come.
   */
  deliver(fetched: Fetched): void {
    const { position } = this;
    if (position === undefined) return;
    const { from = position, next } = fetched;
    if (from > position) {
      this.control.recover(this);
      return;
    }
    for (const reader of this.readers) reader.see(fetched.end);
    if (from < position) {
      this.control.seek(this.place, position);
      return;
    }
    this.position = next;
    for (const reader of this.readers) {
      const { wanted } = reader;
      if (wanted !== undefined && wanted >= position && wanted < next) {
        reader.take(fetched.records, next);
      }
    }
    if (fetched.isCut) this.control.seek(this.place, next);
    this.update();
  }

  /** Where the partition begins and ends now. */
  see(first: number, next: number): void {
    for (const reader of this.readers) reader.see(next);
    if (this.position !== undefined && this.position < first) this.control.recover(this);
  }

  /** Nothing before this offset can be had any more. */
  skipTo(offset: number): void {
    for (const reader of this.readers) {
      if (reader.wanted !== undefined && reader.wanted < offset) reader.skip(offset);
    }
    this.position = undefined;
    this.update();
  }

  private seek(offset: number): void {
    this.position = offset;
    this.control.seek(this.place, offset);
  }
}

function isDefined(offset: number | undefined): offset is number {
  return offset !== undefined;
}
