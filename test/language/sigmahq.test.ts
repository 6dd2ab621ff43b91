import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { linkRules } from '../../src/language/link.ts';
import type { RuleProblem } from '../../src/language/problem.ts';
import { readRules } from '../../src/language/read.ts';
import type { Rule } from '../../src/language/tree.ts';
import { readTarGz } from '../tar.ts';

const archive = join(import.meta.dirname, '../../../shared/sigma/sigma-rules.tar.gz');

describe('SigmaHQ rules (../shared/sigma)', () => {
  const rules: Rule[] = [];
  const problems: RuleProblem[] = [];

  before(function () {
    if (!existsSync(archive)) {
      if (process.env['CI'] === 'true') throw new Error(`${archive} is missing`);
      console.log('      skipped: ../shared/sigma/sigma-rules.tar.gz is not there');
      this.skip();
    }
    for (const { path, text } of readTarGz(archive)) {
      if (!path.endsWith('.yml')) continue;
      const read = readRules(text, path, { portable: true, schema: true });
      rules.push(...read.rules);
      problems.push(...read.problems);
    }
  });

  it('G1 all 3,780 are read without an error', () => {
    expect(problems.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
    expect(new Set(rules.map(({ id }) => id)).size).to.equal(3780);
    expect(rules).to.have.lengthOf(3780);
  });

  it('warnings are few, and each is right', () => {
    const counts: Record<string, number> = {};
    for (const { code } of problems) counts[code] = (counts[code] ?? 0) + 1;
    expect(counts).to.deep.equal({
      'escaped-wildcard': 6,
      'odd-selection': 2,
    });
  });

  it('G1 all are linked, each with a meaning of its own', () => {
    const set = linkRules(rules);
    expect(set.problems).to.deep.equal([]);
    expect(set.detections).to.have.lengthOf(3780);
    expect(set.detections.every(({ alerts }) => alerts)).to.equal(true);
    expect(new Set(set.detections.map(({ meaning }) => meaning)).size).to.equal(3780);
  });
});
