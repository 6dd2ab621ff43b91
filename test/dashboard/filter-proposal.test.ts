import { expect } from 'chai';

import { filterProposal } from '../../src/dashboard/api/filter-proposal.ts';
import type { LoadedRule } from '../../src/dashboard/api/pipeline-shapes.ts';
import type { AlertInFull } from '../../src/dashboard/api/shapes.ts';
import { readRules } from '../../src/language/read.ts';

const NOW = Date.parse('2026-03-03T12:00:00Z');
const because = { owner: 'lena', reason: 'nightly index of "docs"', now: NOW, days: 90 };

const rule = (id: string, more: Partial<LoadedRule> = {}): LoadedRule => ({
  id,
  title: `Rule ${id}`,
  kind: 'detection',
  alerts: false,
  level: 'high',
  status: null,
  description: null,
  author: null,
  modified: null,
  tags: [],
  references: [],
  falsePositives: [],
  guide: null,
  logsource: { category: 'file_access' },
  file: '/rules/x.yml',
  line: 1,
  state: 'on',
  reason: null,
  uses: [],
  ...more,
});

const BASE = 'ae2e02d3-56e0-48ee-b6e2-a1225fd64363';
const WINDOW = '3bb789ee-4237-4680-8a82-dbcc9e61e7a5';
const rules = [rule(WINDOW, { kind: 'correlation', logsource: null, uses: [BASE] }), rule(BASE)];

function alert(host: string, executable: string): AlertInFull {
  return {
    id: 'alert-1',
    ruleId: WINDOW,
    document: {
      tidegate: {
        matched: [BASE],
        key: [
          { field: 'Computer', value: host },
          { field: 'process.ai_agent.name', value: 'cursor' },
        ],
      },
    },
    evidence: [{ event: { process: { executable } } }, { event: { process: { executable } } }],
  } as unknown as AlertInFull;
}

describe('dashboard: filter of what was marked benign', () => {
  it('is a filter of the rule that counts, with owner, reason and expiry', () => {
    const text = filterProposal(alert('LAP-7', '/usr/bin/python3'), rules, because);
    const { rules: read, problems } = readRules(text, 'x.yml');
    expect(problems).to.deep.equal([]);
    expect(read.map(({ kind }) => kind)).to.deep.equal(['filter']);
    expect(text).to.contain('expires: "2026-06-01"').and.to.contain('author: "lena"');
    expect(text).to.contain(`rules: [${BASE}]`).and.to.contain('"Image": "/usr/bin/python3"');
    expect(text).to.contain('condition: not selection');
  });

  it('is the same for the same alert', () => {
    const made = (): string => filterProposal(alert('LAP-7', '/x'), rules, because);
    expect(made()).to.equal(made());
  });

  for (const hostile of [
    'a*b?c',
    'C:\\*\\x',
    '"\n  evil: true\n',
    '\u2028\u202e',
    '%list%',
    "it's # not",
  ]) {
    it(`means the value itself: ${JSON.stringify(hostile)}`, () => {
      const text = filterProposal(alert(hostile, hostile), rules, because);
      expect(text).not.to.match(/^ *evil:/m);
      expect(
        readRules(text, 'x.yml').problems.filter(({ severity }) => severity === 'error'),
      ).to.deep.equal([]);
    });
  }
});
