import { expect } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import { linkRules } from '../src/language/link.ts';
import { readRules } from '../src/language/read.ts';
import { readPolicy } from '../src/policy/read.ts';
import { findRuleTests, findUntestedRules } from '../src/workbench/rule-test-files.ts';
import { runRuleTests } from '../src/workbench/rule-test.ts';

const root = resolve(import.meta.dirname, '../rules');
const listFolder = join(root, 'lists');
const folders = readdirSync(root, { withFileTypes: true })
  .filter(
    (entry) => entry.isDirectory() && !['lists', 'policies', 'playbooks'].includes(entry.name),
  )
  .map((entry) => join(root, entry.name));
const { policy } = readPolicy(
  readdirSync(listFolder)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => ({ path: name, text: readFileSync(join(listFolder, name), 'utf8') })),
);

describe('bundled rules', () => {
  for (const file of findRuleTests(folders)) {
    describe(relative(root, file.rules.path), () => {
      for (const { name, passed, reasons } of runRuleTests([file], policy)) {
        it(name, () => {
          expect(passed, reasons.join('\n')).to.equal(true);
        });
      }
    });
  }

  it('all have tests', () => {
    expect(findUntestedRules(folders)).to.deep.equal([]);
  });

  const files = findRuleTests(folders).map(({ rules }) => rules);
  const rules = files.flatMap(({ path, text }) => readRules(text, path).rules);
  const linked = linkRules(rules);

  it('load without errors', () => {
    expect(linked.problems.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
  });

  it('alert only by correlations, each with a guide, tags and false positives', () => {
    expect(linked.detections.filter(({ alerts }) => alerts)).to.deep.equal([]);
    for (const { rule, alerts } of linked.correlations) {
      if (!alerts) continue;
      expect(rule.custom.get('guide'), rule.title).to.be.a('string');
      expect(rule.falsepositives, rule.title).to.not.deep.equal([]);
      expect(
        rule.tags.some((tag) => tag.startsWith('attack.t')),
        rule.title,
      ).to.equal(true);
      expect(
        rule.tags.some((tag) => tag.startsWith('atlas.aml.t')),
        rule.title,
      ).to.equal(true);
      expect(rule.description, rule.title).to.match(/Misses: /);
    }
  });
});
