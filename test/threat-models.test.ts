import { expect } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { readRules } from '../src/language/read.ts';
import { agentKinds } from '../src/policy/agents.ts';

const root = resolve(import.meta.dirname, '..');
const folder = join(root, 'docs/threat-models');
const pages = readdirSync(folder).filter((name) => !['README.md', 'evasions.md'].includes(name));

const rules: ReadonlySet<string | undefined> = new Set(
  readdirSync(join(root, 'rules'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.includes('/') && name.endsWith('.yml') && !name.endsWith('.test.yml'))
    .filter((name) => !/^(?:lists|policies|playbooks)\//.test(name))
    .flatMap((name) => readRules(readFileSync(join(root, 'rules', name), 'utf8'), name).rules)
    .map((rule) => (rule.kind === 'filter' ? undefined : rule.name)),
);

// Of each row of the table the cell with the rules that answer.
function answers(page: string): readonly (readonly string[])[] {
  return readFileSync(join(folder, page), 'utf8')
    .split('\n')
    .filter(
      (line) => line.startsWith('| ') && !line.startsWith('| ---') && !line.includes('| rules |'),
    )
    .map((line) =>
      [...(line.split('|')[2] ?? '').matchAll(/`([a-z0-9_]+)`/g)].map(([, name]) => name ?? ''),
    );
}

describe('threat models', () => {
  it('are as many as there are kinds of agents; a framework and a tool server share one', () => {
    expect(pages).to.have.lengthOf(agentKinds.length - 1);
  });

  for (const page of pages) {
    it(`${page} answers each threat with rules that exist, and says what stays unseen`, () => {
      const rows = answers(page);
      expect(rows.filter((names) => names.length === 0)).to.deep.equal([]);
      expect(rows.flat().filter((name) => !rules.has(name))).to.deep.equal([]);
      expect(readFileSync(join(folder, page), 'utf8')).to.match(/\*\*Unseen\*\*/);
    });
  }
});
