import { expect } from 'chai';
import fc from 'fast-check';

import { holds } from '../../src/engine/matching/reference.ts';
import { readYaml } from '../../src/base/yaml.ts';
import { plainValue, yamlText } from '../../src/workbench/sigma-text.ts';
import { onlyDetection, ruleOf } from '../language/support.ts';

describe('texts of events in Sigma', () => {
  const texts = fc.string({
    unit: fc.constantFrom(
      'a',
      'B',
      '\\',
      '*',
      '?',
      "'",
      '"',
      ':',
      '#',
      ' ',
      '%',
      '-',
      '\n',
      'ü',
      '0',
    ),
    maxLength: 12,
  });

  it('a value that is written down means exactly the text', () => {
    fc.assert(
      fc.property(texts, texts, (text, other) => {
        const rule = onlyDetection(ruleOf(`f: ${yamlText(plainValue(text))}`));
        const expression = rule.selections.get('sel');
        if (expression === undefined) throw new Error('no selection');
        const matches = (value: string): boolean =>
          holds(expression, { get: () => value, someValue: () => false });
        expect(matches(text)).to.equal(true);
        if (other.toLowerCase() !== text.toLowerCase()) expect(matches(other)).to.equal(false);
      }),
    );
  });

  it('YAML gives the text back, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        const root = readYaml(`k: ${yamlText(text)}\n`).documents[0]?.root;
        const value = root?.kind === 'map' ? root.entries.get('k')?.value : undefined;
        expect(value).to.include({ kind: 'scalar', value: text });
      }),
    );
  });
});
