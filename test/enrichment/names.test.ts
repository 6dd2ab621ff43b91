import { expect } from 'chai';
import fc from 'fast-check';

import type { ProcessFacts } from '../../src/event/event.ts';
import { NAMES_LIMITS, NamesTracker } from '../../src/enrichment/names.ts';
import type { NamesLimits } from '../../src/enrichment/names.ts';
import { event } from './events.ts';

const HOUR = 3_600_000;
const asker: ProcessFacts = { guid: 'a', pid: 7, executable: '/bin/curl' };
const other: ProcessFacts = { guid: 'b', pid: 8, executable: '/bin/wget' };

interface Lookup {
  readonly at: number;
  readonly name: string;
  readonly answer: string;
  readonly by?: ProcessFacts;
  readonly host?: string;
}

function tracker(lookups: readonly Lookup[], limits: NamesLimits = NAMES_LIMITS): NamesTracker {
  const names = new NamesTracker(limits);
  for (const { at, name, answer, by, host } of lookups) {
    const fields = { QueryName: name, QueryResults: answer, host: host ?? 'h' };
    const answered = event('dns_query', at, by, fields);
    expect(names.feeds(answered)).to.equal(true);
    names.observe(answered);
  }
  return names;
}

function nameOf(
  names: NamesTracker,
  at: number,
  ip: string,
  extra: { readonly by?: ProcessFacts; readonly host?: string; readonly told?: string } = {},
): unknown {
  const { by, host, told } = extra;
  const fields = {
    DestinationIp: ip,
    host: host ?? 'h',
    ...(told === undefined ? {} : { DestinationHostname: told }),
  };
  const connection = event('network_connection', at, by, fields);
  expect(names.feeds(connection)).to.equal(false);
  names.enrich(connection);
  return connection.derived.get('destination.domain');
}

describe('names of connections', () => {
  const sysmon = 'type:  5 edge.example.net;::ffff:203.0.113.9;2001:db8::9;';
  const one: Lookup = { at: 0, name: 'Files.Example.net.', answer: sysmon, by: asker };

  it('come from the answer that held the address, for an hour', () => {
    const names = tracker([one]);
    expect(nameOf(names, 1, '203.0.113.9', { by: asker })).to.equal('files.example.net');
    expect(nameOf(names, 1, '::ffff:203.0.113.9')).to.equal('files.example.net');
    expect(nameOf(names, 1, '2001:DB8::9')).to.equal('files.example.net');
    expect(nameOf(names, 1, '203.0.113.8')).to.equal(undefined);
    expect(nameOf(names, HOUR, '203.0.113.9')).to.equal('files.example.net');
    expect(nameOf(names, HOUR + 1, '203.0.113.9')).to.equal(undefined);
  });

  it('are those of the same host only', () => {
    expect(nameOf(tracker([one]), 1, '203.0.113.9', { host: 'other' })).to.equal(undefined);
  });

  it('are what the same process asked for, else what was asked last', () => {
    const names = tracker([
      one,
      { at: 5, name: 'cdn.example.org', answer: '203.0.113.9', by: other },
    ]);
    expect(nameOf(names, 9, '203.0.113.9', { by: asker })).to.equal('files.example.net');
    expect(nameOf(names, 9, '203.0.113.9', { by: other })).to.equal('cdn.example.org');
    expect(nameOf(names, 9, '203.0.113.9', { by: { pid: 9 } })).to.equal('cdn.example.org');
  });

  it("are the sensor's own where it has one", () => {
    const names = tracker([one]);
    expect(nameOf(names, 1, '203.0.113.9', { told: 'own.example' })).to.equal('own.example');
    expect(nameOf(names, 1, '203.0.113.9', { told: '-' })).to.equal('files.example.net');
  });

  it('are read from other forms of answers', () => {
    for (const answer of [
      '203.0.113.9;203.0.113.10;',
      '203.0.113.9, 203.0.113.10',
      '203.0.113.9',
    ]) {
      expect(nameOf(tracker([{ ...one, answer }]), 1, '203.0.113.9')).to.equal('files.example.net');
    }
    for (const answer of ['', '-', 'type:  5 x.example;', ';;;', '999.1.1.1']) {
      expect(tracker([{ ...one, answer }]).statistics().entries, answer).to.equal(0);
    }
  });

  it('survive a restart', () => {
    const names = tracker([one]);
    const revived = new NamesTracker();
    revived.restore(JSON.parse(JSON.stringify(names.snapshot())));
    expect(revived.statistics()).to.deep.equal(names.statistics());
    expect(nameOf(revived, 1, '203.0.113.9', { by: asker })).to.equal('files.example.net');
  });

  it('stay within their limits, one host at the cost of none but itself', () => {
    const limits = { addressesPerHostMax: 32, addressesMax: 1000, keepMs: HOUR };
    const flood = Array.from({ length: 500 }, (_, index): Lookup => ({
      at: index,
      name: `n${index}.example`,
      answer: `198.51.${Math.floor(index / 250)}.${index % 250}`,
      host: 'loud',
    }));
    const names = tracker([one, ...flood], limits);
    expect(names.statistics().entries).to.be.at.most(32 + 2);
    expect(names.statistics().evicted).to.be.greaterThan(400);
    expect(nameOf(names, 600, '203.0.113.9')).to.equal('files.example.net');
    expect(nameOf(names, 600, '198.51.1.249', { host: 'loud' })).to.equal('n499.example');
  });

  it('stay within their limits when one answer is more than a share of them', () => {
    const limits = { addressesPerHostMax: 12, addressesMax: 16, keepMs: HOUR };
    const answer = (from: number): string =>
      Array.from({ length: 4 }, (_, index) => `192.0.2.${from + index}`).join(';');
    const lookups = [0, 4, 8, 12, 16, 20].map((from): Lookup => {
      return { at: from, name: 'a.example', answer: answer(from), host: from < 12 ? 'h' : 'i' };
    });
    expect(tracker(lookups, limits).statistics().entries).to.be.at.most(16);
    const alone = lookups.map((each) => ({ ...each, host: 'h' }));
    expect(tracker(alone, limits).statistics().entries).to.be.at.most(12);
  });

  it('count what they hold, whatever comes', () => {
    const lookup = fc.record({
      at: fc.nat(5 * HOUR),
      name: fc.constantFrom('a.example', 'b.example'),
      answer: fc
        .array(fc.nat(20), { maxLength: 4 })
        .map((ends) => ends.map((end) => `192.0.2.${end}`).join(';')),
      by: fc.constantFrom(asker, other),
      host: fc.constantFrom('h', 'i'),
    });
    const limits = { addressesPerHostMax: 12, addressesMax: 16, keepMs: HOUR };
    const property = fc.property(fc.array(lookup, { maxLength: 60 }), (lookups) => {
      const sorted = lookups.toSorted((a, b) => a.at - b.at);
      const names = tracker(sorted, limits);
      const { hosts } = names.snapshot() as { hosts: readonly (readonly [string, unknown[]])[] };
      const held = hosts.reduce((sum, [, entries]) => sum + entries.length, 0);
      expect(names.statistics().entries).to.equal(held);
      expect(held).to.be.at.most(16);
    });
    fc.assert(property);
  });
});
