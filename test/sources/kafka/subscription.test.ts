import { expect } from 'chai';

import type { TopicSelector } from '../../../src/sources/kafka/options.ts';
import { changeOf, repartitioned, subscribe } from '../../../src/sources/kafka/subscription.ts';

const FOUND = [
  { name: 'edr.windows', partitions: 4 },
  { name: 'edr.linux', partitions: 4 },
  { name: 'proxy', partitions: 6 },
  { name: 'tokens', partitions: 1 },
  { name: '__consumer_offsets', partitions: 50 },
];

describe('sources: kafka: choice of topics', () => {
  const tables: readonly (readonly [
    string,
    readonly TopicSelector[],
    readonly string[] | string,
  ])[] = [
    ['by name', ['proxy'], ['proxy']],
    ['by pattern, in order of their names', [{ pattern: /edr\..*/ }], ['edr.linux', 'edr.windows']],
    ['each once', ['edr.linux', { pattern: /edr.*/ }], ['edr.linux', 'edr.windows']],
    ['a pattern stands for whole names', [{ pattern: /edr|tokens/ }], ['tokens']],
    ['never the topics of Kafka itself', [{ pattern: /__.*|proxy/ }], ['proxy']],
    ['waits for a name', ['edr.mac'], 'no topic edr.mac yet'],
    ['waits for a pattern', [{ pattern: /mac.*/ }], 'no topic like /mac.*/ yet'],
  ];
  for (const [name, topics, expected] of tables) {
    it(name, () => {
      const found = subscribe({ topics }, FOUND);
      if ('missing' in found) expect(found.missing).to.equal(expected);
      else expect(found.keyed).to.deep.equal(expected);
    });
  }

  it('has a task per partition, and all partitions of references', () => {
    const found = subscribe({ topics: ['proxy'], references: ['tokens'] }, FOUND);
    expect(found).to.deep.equal({
      keyed: ['proxy'],
      references: [{ name: 'tokens', partitions: 1 }],
      tasks: 6,
    });
  });

  it('refuses topics with different numbers of partitions, by name and number', () => {
    expect(() => subscribe({ topics: ['proxy', 'edr.linux'] }, FOUND))
      .to.throw(/edr.linux has 4, proxy has 6/)
      .with.property('code', 'source_misconfigured');
  });

  it('refuses a topic that is both', () => {
    const both = { topics: ['proxy'], references: [{ pattern: /prox./ }] };
    expect(() => subscribe(both, FOUND)).to.throw(/proxy is selected both/);
  });

  it('sees new topics and changed partitions, and says what the latter mean', () => {
    const four = { keyed: ['a'], references: [], tasks: 4 };
    expect(changeOf(four, { ...four })).to.equal(undefined);
    expect(changeOf(four, { ...four, keyed: ['a', 'b'] })).to.equal('topics are now a, b');
    expect(changeOf(four, { ...four, tasks: 8 })).to.equal('partitions changed from 4 to 8');
    expect(repartitioned(four, { ...four, tasks: 8 }).message).to.match(/of a changed from 4 to 8/);
  });
});
