import { expect } from 'chai';
import fc from 'fast-check';

import type { RawRecord } from '../../../src/event/record.ts';
import { Feed, type FeedReader } from '../../../src/sources/kafka/feed.ts';

const PLACE = { topic: 't', partition: 0 };

/** A client that fetches where it was put, and a log of so many records. */
class FakeClient {
  readonly calls: string[] = [];
  readonly lost: Feed[] = [];
  position = 0;
  isPaused = true;
  private readonly end: number;

  constructor(end: number) {
    this.end = end;
  }

  seek(_place: unknown, offset: number): void {
    this.position = offset;
    this.calls.push(`seek ${offset}`);
  }
  pause(): void {
    this.isPaused = true;
    this.calls.push('pause');
  }
  resume(): void {
    this.isPaused = false;
    this.calls.push('resume');
  }
  recover(feed: Feed): void {
    this.lost.push(feed);
  }

  /** Delivers the next piece, as long as it is not paused; false at the end. */
  fetch(feed: Feed, size: number): boolean {
    if (this.isPaused || this.position >= this.end) return false;
    const from = this.position;
    const next = Math.min(this.end, from + size);
    this.position = next;
    const records = recordsBetween(from, next);
    feed.deliver({ ...PLACE, from, next, end: this.end, records, isCut: false });
    return true;
  }
}

function recordsBetween(from: number, next: number): RawRecord[] {
  return Array.from({ length: next - from }, (_, index) => ({
    payload: null,
    position: { source: 't', partition: 0, offset: from + index },
  }));
}

class FakeReader implements FeedReader {
  readonly taken: number[] = [];
  next: number | undefined;
  room = Number.POSITIVE_INFINITY;
  end = 0;
  get wanted(): number | undefined {
    return this.room > 0 ? this.next : undefined;
  }
  take(records: readonly RawRecord[], next: number): void {
    const from = this.next ?? 0;
    const wanted = records.filter(({ position }) => position.offset >= from);
    this.taken.push(...wanted.map(({ position }) => position.offset));
    this.room -= wanted.length;
    this.next = next;
  }
  skip(offset: number): void {
    this.next = offset;
  }
  see(end: number): void {
    this.end = end;
  }
}

function open(end: number): { client: FakeClient; feed: Feed; reader: FakeReader } {
  const client = new FakeClient(end);
  const feed = new Feed(PLACE, client);
  const reader = new FakeReader();
  feed.add(reader);
  return { client, feed, reader };
}

describe('sources: kafka: feed of a partition', () => {
  it('fetches nothing before somebody wants something', () => {
    const { client, feed } = open(3);
    feed.update();
    expect(client.calls).to.deep.equal([]);
  });

  it('goes where its reader begins, once', () => {
    const { client, feed, reader } = open(9);
    reader.next = 4;
    feed.update();
    while (client.fetch(feed, 2));
    expect(client.calls).to.deep.equal(['seek 4', 'resume']);
    expect(reader.taken).to.deep.equal([4, 5, 6, 7, 8]);
  });

  it('pauses when the reader is full, and goes on where it was', () => {
    const { client, feed, reader } = open(9);
    reader.next = 0;
    reader.room = 3;
    feed.update();
    while (client.fetch(feed, 2));
    expect(client.calls).to.deep.equal(['seek 0', 'resume', 'pause']);
    reader.room = 10;
    feed.update();
    while (client.fetch(feed, 2));
    expect(reader.taken).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(client.calls).to.deep.equal(['seek 0', 'resume', 'pause', 'resume']);
  });

  it('drops what was asked for before a seek, and puts the client right', () => {
    const { client, feed, reader } = open(9);
    reader.next = 5;
    feed.update();
    const stale = { ...PLACE, from: 0, next: 3, end: 9, records: recordsBetween(0, 3) };
    feed.deliver({ ...stale, isCut: false });
    expect(reader.taken).to.deep.equal([]);
    expect(client.calls).to.deep.equal(['seek 5', 'resume', 'seek 5']);
  });

  it('asks what has become of records that are jumped over, and goes on behind them', () => {
    const { client, feed, reader } = open(9);
    reader.next = 0;
    feed.update();
    const ahead = { ...PLACE, from: 6, next: 8, end: 9, records: recordsBetween(6, 8) };
    feed.deliver({ ...ahead, isCut: false });
    expect(client.lost).to.deep.equal([feed]);
    feed.skipTo(6);
    while (client.fetch(feed, 9));
    expect(reader.taken).to.deep.equal([6, 7, 8]);
  });

  it('goes back to the end of a piece that was cut', () => {
    const { client, feed, reader } = open(9);
    reader.next = 0;
    feed.update();
    const cut = { ...PLACE, from: 0, next: 2, end: 9, records: recordsBetween(0, 2) };
    feed.deliver({ ...cut, isCut: true });
    expect(client.calls.at(-1)).to.equal('seek 2');
    expect(reader.taken).to.deep.equal([0, 1]);
  });

  it('passes over what has no records', () => {
    const { client, feed, reader } = open(9);
    reader.next = 0;
    feed.update();
    feed.deliver({ ...PLACE, from: undefined, next: 7, end: 9, records: [], isCut: false });
    client.position = 7;
    while (client.fetch(feed, 9));
    expect(reader.taken).to.deep.equal([7, 8]);
  });

  it('puts the client back after a round of dealing', () => {
    const { client, feed, reader } = open(9);
    reader.next = 0;
    feed.update();
    client.fetch(feed, 3);
    client.position = 999;
    feed.restart();
    while (client.fetch(feed, 9));
    expect(reader.taken).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('gives each of several readers everything from its own place on, whoever is full when', () => {
    const starts = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 4 });
    const steps = fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 7 })), { maxLength: 60 });
    fc.assert(
      fc.property(starts, steps, (offsets, moves) => {
        const client = new FakeClient(30);
        const feed = new Feed(PLACE, client);
        const readers = offsets.map((next) => Object.assign(new FakeReader(), { next, room: 5 }));
        for (const reader of readers) feed.add(reader);
        feed.update();
        for (const [who, size] of moves) {
          client.fetch(feed, size);
          const reader = readers[who % readers.length];
          if (reader !== undefined) reader.room = Math.max(reader.room, size);
          feed.update();
        }
        for (const reader of readers) reader.room = Number.POSITIVE_INFINITY;
        feed.update();
        while (client.fetch(feed, 4));
        for (const [index, { taken }] of readers.entries()) {
          const expected = recordsBetween(offsets[index] ?? 0, 30);
          expect(taken).to.deep.equal(expected.map(({ position }) => position.offset));
        }
      }),
    );
  });
});
