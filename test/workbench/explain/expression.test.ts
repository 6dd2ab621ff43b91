import { expect } from 'chai';

import type { FieldValue } from '../../../src/event/event.ts';
import { explainExpression } from '../../../src/workbench/explain/expression.ts';
import { onlyDetection, ruleOf } from '../../language/support.ts';

const fields: Readonly<Record<string, FieldValue>> = {
  a: 'Curl.exe',
  n: 5,
  many: ['x', 'y'],
  none: null,
};
const subject = {
  get: (field: string): FieldValue | undefined => fields[field],
  someValue: (visit: (value: string) => boolean): boolean => visit('Curl.exe'),
};

describe('explained tests', () => {
  // [selection, held, words, values of the event]
  const rows: readonly (readonly [string, boolean, string, unknown])[] = [
    ['a: curl.exe', true, 'is "curl.exe"', ['Curl.exe']],
    ['a|contains: wget', false, 'contains "wget"', ['Curl.exe']],
    ['a|startswith: curl', true, 'starts with "curl"', ['Curl.exe']],
    ["a|endswith: '.exe'", true, 'ends with ".exe"', ['Curl.exe']],
    ["a: 'c*l.e?e'", true, 'fits "c*l.e?e"', ['Curl.exe']],
    ['a|cased: curl.exe', false, 'is "curl.exe" (case matters)', ['Curl.exe']],
    ["a: ''", false, 'is empty', ['Curl.exe']],
    ["a: '*'", true, 'has any value', ['Curl.exe']],
    ["a|re: 'c.*e'", false, 'matches /c.*e/', ['Curl.exe']],
    ['n|gte: 5', true, '>= 5', [5]],
    ['n|lt: 5', false, '< 5', [5]],
    ['a|cidr: 10.0.0.0/8', false, 'is in 10.0.0.0/8', ['Curl.exe']],
    ['many: y', true, 'is "y"', ['x', 'y']],
    ['gone: x', false, 'is "x"', undefined],
    ['gone: null', true, 'is absent or null', undefined],
    ['gone|exists: false', true, 'is absent', undefined],
    ['a|exists: true', true, 'is there', ['Curl.exe']],
    ['a|fieldref: many', false, 'is the value of many', ['Curl.exe']],
    ["a|windash|contains: ' -x'", false, 'fits "* [-/–—―]x*"', ['Curl.exe']],
  ];
  for (const [selection, held, text, values] of rows) {
    it(selection, () => {
      const expression = onlyDetection(ruleOf(selection)).selections.get('sel');
      if (expression === undefined) throw new Error('no selection');
      const explained = explainExpression(expression, subject);
      expect(explained).to.include({ held, text });
      expect(explained.values).to.deep.equal(values);
    });
  }

  it('joins say how they came about', () => {
    const expression = onlyDetection(ruleOf('a|contains: [curl, wget]\nn|neq: 5')).selections.get(
      'sel',
    );
    if (expression === undefined) throw new Error('no selection');
    const { kind, held, parts = [] } = explainExpression(expression, subject);
    expect([kind, held]).to.deep.equal(['and', false]);
    expect(parts.map((part) => [part.kind, part.held])).to.deep.equal([
      ['or', true],
      ['not', false],
    ]);
  });
});
