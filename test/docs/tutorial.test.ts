import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { rewritten, runSteps, stepsOf } from './transcript.ts';

const text = readFileSync(resolve(import.meta.dirname, '../../docs/tutorial.md'), 'utf8');

describe('the tutorial', function () {
  this.timeout(240_000);

  it('prints what it says that it prints, from the first command to the last', () => {
    const steps = stepsOf(text);
    expect(steps.length).to.be.greaterThan(8);
    const printed = runSteps(steps);
    for (const [index, { command, expected }] of steps.entries()) {
      expect(printed[index], `$ ${command}\n(run: node test/docs/write.ts)`).to.equal(expected);
    }
  });

  it('is read and written alike', () => {
    const steps = stepsOf(text);
    expect(
      rewritten(
        text,
        steps.map(({ expected }) => expected),
      ),
    ).to.equal(text);
  });
});
