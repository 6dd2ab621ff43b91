import { expect } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import type { Logsource } from '../src/event/logsource.ts';
import { linkRules } from '../src/language/link.ts';
import { readRules } from '../src/language/read.ts';
import { readPolicy } from '../src/policy/read.ts';
import { findRuleTests, findUntestedRules } from '../src/workbench/rule-test-files.ts';
import { runRuleTests } from '../src/workbench/rule-test.ts';
import { readTestFile } from '../src/workbench/test-file.ts';

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

function kindOf({ logsource }: { readonly logsource: Logsource }): string {
  return JSON.stringify([logsource.product, logsource.categories, logsource.services]);
}

describe('an upload to storage that the organisation has sanctioned', () => {
  const path = join(root, 'exfiltration/agent_cloud_upload.yml');
  const rules = { path, text: readFileSync(path, 'utf8') };
  const own = {
    ...policy,
    list: (name: string) =>
      name === 'sanctioned_destinations' ? ['backup.s3.amazonaws.com'] : policy.list(name),
  };
  const upload = (token: string, alert: string): boolean => {
    const text = `cases:
  - name: upload
    events:
      - { at: 0s, category: process_creation, process: /usr/bin/claude, pid: 100 }
      ${token}
      - { at: 9s, category: process_creation, process: /usr/bin/aws, pid: 101, parent_pid: 100, user: 'CORP\\ana', command_line: 'aws s3 cp x s3://backup/x' }
    expect: [${alert}]`;
    return (
      runRuleTests([{ rules, tests: { path: 'own.test.yml', text } }], own)[0]?.passed === true
    );
  };
  const broker = (more: string): string =>
    `- { at: 1s, product: tidegate, service: token-broker, user: ana@corp.example, event.outcome: success, token.id: t, ${more} }`;
  const grant = 'event.action: grant, token.audience: backup.s3.amazonaws.com';
  const alert = '{ at: 9s, key: host-1 }';

  it('stays silent with a token that was issued for it and is valid', () => {
    expect(upload(broker(`${grant}, token.expires: '2026-01-05T10:00:00Z'`), '')).to.equal(true);
  });

  it('raises an alert without a token, after its end, and after its revocation', () => {
    expect(upload('', alert), 'none').to.equal(true);
    expect(upload(broker(`${grant}, token.expires: '2026-01-05T09:00:05Z'`), alert)).to.equal(true);
    const revoked = `${broker(grant)}\n      ${broker('event.action: revocation').replace('1s', '2s')}`;
    expect(upload(revoked, alert), 'revoked').to.equal(true);
  });
});

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

  const alerting = [...linked.detections, ...linked.correlations]
    .filter(({ alerts }) => alerts)
    .map(({ rule }) => rule);

  it('that alert have a name, a guide, tags, false positives and known gaps', () => {
    for (const rule of alerting) {
      expect(rule.name, rule.title).to.be.a('string');
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

  it('that alert on one event do not alert on each further one', () => {
    const isFlood = ({ level, suppress }: (typeof alerting)[number]): boolean =>
      level !== 'informational' && suppress === undefined;
    const single = linked.detections.filter(({ alerts }) => alerts).map(({ rule }) => rule);
    expect(single.filter(isFlood).map(({ title }) => title)).to.deep.equal([]);
  });

  // A rule that was never seen to fire, or never to stay silent on events of its own kind, is not tested.
  for (const { rules: file, tests } of findRuleTests(folders)) {
    const own = alerting.filter(({ source }) => source.file === file.path);
    const { cases } = readTestFile(tests.text);
    const fires = (testCase: (typeof cases)[number], rule: (typeof own)[number]): boolean =>
      testCase.expected.some((alert) =>
        alert.rule === undefined ? own.length === 1 : [rule.name, rule.id].includes(alert.rule),
      );
    for (const rule of own) {
      it(`${rule.name ?? rule.id} has a case that fires and a near miss`, () => {
        const firing = cases.filter((testCase) => fires(testCase, rule));
        expect(firing, 'fires').to.not.deep.equal([]);
        const kinds = new Set(firing.flatMap(({ events }) => events.map(kindOf)));
        const near = cases.filter(({ events }) => events.some((event) => kinds.has(kindOf(event))));
        expect(
          near.filter((testCase) => !fires(testCase, rule)),
          'stays silent',
        ).to.not.deep.equal([]);
      });
    }
  }
});
