import { expect } from 'chai';

import { readQuery } from '../../src/dashboard/api/filter-query.ts';

const NOW = Date.parse('2026-03-03T12:00:00Z');
const read = (text: string): ReturnType<typeof readQuery> =>
  readQuery(new URLSearchParams(text), NOW);

describe('dashboard: filter of the address', () => {
  const table: readonly (readonly [string, object])[] = [
    ['state=open,acknowledged', { include: { state: ['open', 'acknowledged'] } }],
    ['host=a,b&host=c', { include: { host: ['a,b', 'c'] } }],
    ['-agent=cursor', { exclude: { agent: ['cursor'] } }],
    ['assignee=', { include: { assignee: [''] } }],
    ['q=payroll+pdf', { words: 'payroll pdf' }],
    ['from=-24h', { from: NOW - 86_400_000 }],
    ['from=2026-03-01T00:00:00Z', { from: Date.parse('2026-03-01T00:00:00Z') }],
    ['count=>40', { countMin: 41 }],
    ['count=<10', { countMax: 9 }],
    ['count=5..40', { countMin: 5, countMax: 40 }],
    ['grown=1', { grown: true }],
    ['since=12&upTo=40', { since: 12, upTo: 40 }],
  ];
  for (const [text, filter] of table) {
    it(text, () => {
      const { filter: found, problems } = read(text);
      expect(problems).to.deep.equal([]);
      expect(found).to.deep.equal({ include: {}, exclude: {}, ...filter });
    });
  }

  it('sorts by what is named, else by newest activity', () => {
    expect(read('')).to.include({ sort: 'last', isDescending: true });
    expect(read('sort=host')).to.include({ sort: 'host', isDescending: false });
    expect(read('sort=-count')).to.include({ sort: 'count', isDescending: true });
  });

  for (const text of [
    'state=open,shut',
    'severity=urgent',
    'from=yesterday',
    'count=many',
    'colour=red',
    'sort=beauty',
    `host=${'x'.repeat(2000)}`,
    '__proto__=x',
  ]) {
    it(`says what is wrong with ${text.slice(0, 30)}`, () => {
      expect(read(text).problems).to.have.lengthOf(1);
    });
  }
});
