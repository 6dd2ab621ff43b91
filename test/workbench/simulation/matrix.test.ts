import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { createAutoDecoder } from '../../../src/decoders/index.ts';
import { loadDetector } from '../../../src/runtime/detector.ts';
import { BUNDLED_RULES } from '../../../src/runtime/rule-files.ts';
import type { Story } from '../../../src/simulation/story/story.ts';
import { matrixMarkdown } from '../../../src/workbench/simulation/matrix-markdown.ts';
import { buildMatrix, type Matrix } from '../../../src/workbench/simulation/matrix.ts';
import {
  BUNDLED_SCENARIOS,
  loadScenarios,
} from '../../../src/workbench/simulation/scenario-files.ts';
import { needOf } from '../../../src/workbench/simulation/visibility.ts';

const page = resolve(import.meta.dirname, '../../../docs/detection-matrix.md');
const REWRITE = 'run: tidegate simulate --matrix --output markdown > docs/detection-matrix.md';

describe('the detection matrix', () => {
  const { stories, problems } = loadScenarios([BUNDLED_SCENARIOS]);
  const create = loadDetector({
    rules: [BUNDLED_RULES],
    lists: [join(BUNDLED_RULES, 'lists')],
  });
  const { ruleSet } = create(createAutoDecoder());
  let matrix: Matrix;

  before(function () {
    this.timeout(120_000);
    matrix = buildMatrix(stories, {
      seed: '1',
      decoder: createAutoDecoder,
      engine: () => create(createAutoDecoder()).engine,
    });
  });

  it('has scenarios that can all be read', () => {
    expect(problems).to.deep.equal([]);
    expect(new Set(stories.map(({ kind }) => kind))).to.include.all.keys('attack', 'honest');
  });

  it('is as every scenario says: attacks found where they can be seen, honest days quiet', () => {
    expect(matrix.failures).to.deep.equal([]);
  });

  it('finds every attack on every sensor that can see it, and each on one at least', () => {
    const visible = matrix.cells.filter((cell) => cell.visible);
    expect(visible.filter(({ found }) => !found)).to.deep.equal([]);
    const seen = new Set(visible.map(({ scenario }) => scenario));
    const told = stories.filter(({ must }) => must.length > 0).map(({ name }) => name);
    expect(told.filter((name) => !seen.has(name))).to.deep.equal([]);
  });

  it('raises nothing of medium or above on an honest day', () => {
    expect(matrix.honest.length).to.be.above(0);
    expect(matrix.honest.filter(({ alertsMedium }) => alertsMedium > 0)).to.deep.equal([]);
  });

  it('names rules that are there and alert, and gaps that their descriptions have', () => {
    const rules = [...ruleSet.detections, ...ruleSet.correlations];
    const wrong = (story: Story): readonly string[] => [
      ...[...story.must.map(({ rule }) => rule), ...story.mustNot]
        .filter((name) => !rules.some(({ rule, alerts }) => alerts && rule.name === name))
        .map((name) => `${story.name}: no rule ${name} alerts`),
      ...story.missed
        .filter(({ rule: name, gap }) => {
          const found = rules.find(({ rule }) => rule.name === name)?.rule;
          return !(found?.description ?? '').replaceAll(/\s+/g, ' ').includes(gap);
        })
        .map(({ rule, gap }) => `${story.name}: ${rule} does not say '${gap}'`),
      ...story.must
        .flatMap(({ needs = [] }) => needs)
        .filter((need) => needOf(need) === undefined)
        .map((need) => `${story.name}: ${need} is nothing that a sensor has`),
    ];
    expect(stories.flatMap(wrong)).to.deep.equal([]);
  });

  it('is the page in the documentation', () => {
    expect(readFileSync(page, 'utf8'), REWRITE).to.equal(matrixMarkdown(matrix, stories));
  });
});
