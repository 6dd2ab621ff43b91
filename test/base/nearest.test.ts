import { expect } from 'chai';
import { nearest } from '../../src/base/nearest.ts';

const known = ['sources', 'primary', 'secondary', 'data_dir', 'lateness'];

describe('nearest', () => {
  const table: readonly [string, string | undefined][] = [
    ['source', 'sources'],
    ['soruces', 'sources'],
    ['primry', 'primary'],
    ['Lateness', 'lateness'],
    ['datadir', 'data_dir'],
    ['sauces', 'sources'],
    ['x', undefined],
    ['', undefined],
    ['tertiary', undefined],
    ['p'.repeat(65), undefined],
  ];
  for (const [name, meant] of table) {
    it(`${name.slice(0, 20)} means ${String(meant)}`, () => {
      expect(nearest(name, known)).to.equal(meant);
    });
  }
});
