import { expect } from 'chai';
import { Redelivery } from '../../src/engine/redelivery.ts';
import type { TelemetryEvent } from '../../src/event/event.ts';
import { eventOf, recordOf } from './fakes.ts';

function event(id: string, at: number, recordTime?: number): TelemetryEvent {
  const row = { id, at, rules: [] };
  return eventOf(recordOf(recordTime === undefined ? row : { ...row, recordTime }));
}

function known(redelivery: Redelivery, ...stream: readonly TelemetryEvent[]): boolean[] {
  return stream.map((each) => redelivery.isKnown('h1', each));
}

describe('redelivery', () => {
  it('knows events of one time apart by their ids', () => {
    const stream = ['a', 'b', 'a', 'c', 'b', 'c'].map((id) => event(id, 5));
    expect(known(new Redelivery(8, 8), ...stream)).to.deep.equal([
      false,
      false,
      true,
      false,
      true,
      true,
    ]);
  });

  it('knows a record without a time again that the log gives another one', () => {
    const redelivery = new Redelivery(8, 8);
    expect(known(redelivery, event('a', 5, 5), event('b', 6, 6))).to.deep.equal([false, false]);
    expect(known(redelivery, event('a', 9, 9), event('c', 9, 9))).to.deep.equal([true, false]);
  });

  it('knows a record again whose own time happened to be that of the log', () => {
    expect(known(new Redelivery(8, 8), event('a', 5, 5), event('a', 5, 8))).to.deep.equal([
      false,
      true,
    ]);
  });

  it('knows after a restart what it knew', () => {
    const redelivery = new Redelivery(8, 8);
    known(redelivery, event('a', 5), event('b', 5), event('c', 6, 6));
    const restored = new Redelivery(8, 8);
    restored.restore(JSON.parse(JSON.stringify(redelivery.snapshot())));
    expect(restored.snapshot()).to.deep.equal(redelivery.snapshot());
    const again = [event('b', 5), event('c', 9, 9), event('d', 5)];
    expect(known(restored, ...again)).to.deep.equal([true, true, false]);
  });
});
