import { expect } from 'chai';
import { createEngine, defaultLimits } from '../../../src/engine/create.ts';
import type { Detection } from '../../../src/engine/engine.ts';
import { createMatcher } from '../../../src/engine/matcher.ts';
import type { Scalar } from '../../../src/event/event.ts';
import { linkRules } from '../../../src/language/link.ts';
import type { RuleProblem } from '../../../src/language/problem.ts';
import { readRules } from '../../../src/language/read.ts';
import { SyntheticEvent } from '../../../src/workbench/synthetic-event.ts';
import { END, finalStates } from '../fakes.ts';
import { plain, policyOf } from '../matching/sample.ts';
import { base, byUser, correlation, languageLines, uuid } from './language-lines.ts';
import type { Row } from './language-lines.ts';

// From the text of rules to alerts: everything between is the real thing.

interface Outcome {
  readonly detections: readonly Detection[];
  /** `title key first event×count`, of the last state of each alert. */
  readonly alerts: readonly string[];
  readonly problems: readonly RuleProblem[];
}

function judge(
  texts: readonly string[],
  rows: readonly Row[],
  lists: Readonly<Record<string, readonly string[]>> = {},
): Outcome {
  const read = readRules(texts.join('---\n'), 'rules.yml');
  const ruleSet = linkRules(read.rules);
  const matcher = createMatcher({ ruleSet, policy: policyOf(lists), enrichments: plain });
  const engine = createEngine({
    ruleSet,
    matcher,
    enrichments: plain,
    limits: defaultLimits,
    revive: () => undefined,
  });
  const detections: Detection[] = [];
  const events = rows.map(([time, kind, user, value, host = 'h1'], index) => {
    const given = Object.entries({ Kind: kind, User: user, Value: value });
    const fields = given.filter((each): each is [string, Scalar] => each[1] !== undefined);
    const logsource = { product: 'windows', category: 'process_creation' };
    return new SyntheticEvent({ time, index, host, ...logsource, fields: new Map(fields) });
  });
  engine.observe(events, (detected) => detections.push(detected));
  engine.advance(END, (detected) => detections.push(detected));
  const alerts = [...finalStates(detections).values()].map(({ rule, key, firstTime, count }) => {
    const parts = key.map(({ value }) => value ?? '-').join('/');
    return `${rule.title} [${parts}] ${firstTime}×${count}`;
  });
  return {
    detections,
    alerts,
    problems: [...read.problems, ...ruleSet.problems, ...matcher.problems],
  };
}

const a = base('a');
const b = base('b');

describe('correlations, from the text of rules to alerts', () => {
  for (const { name, rules, rows, expected } of languageLines) {
    it(name, () => {
      const { alerts, problems } = judge(rules, rows);
      expect(problems.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
      expect(alerts).to.deep.equal(expected);
    });
  }

  it('K15 the alert has the level, title and tags of the outermost correlation', () => {
    const { detections } = judge(
      [
        base('a', 'level: critical\ntags: [attack.t1005]\n'),
        correlation(
          'x',
          `type: event_count\nrules: [a]\n${byUser}\ncondition: { gte: 2 }`,
          'level: low\ntags: [attack.t1048]\n',
        ),
      ],
      [
        [0, 'a', 'u'],
        [1, 'a', 'u'],
      ],
    );
    const rules = detections.map(({ rule }) => [rule.title, rule.level, rule.tags]);
    expect(rules).to.deep.equal([['x', 'low', ['attack.t1048']]]);
  });

  it('C9 several conditions: one alert for an event, naming which of them hit', () => {
    const several = a.replace(
      '{ s: { Kind: a }, condition: s }',
      '{ s: { Kind: a }, t: { User: u }, condition: [s and t, s and not t, t] }',
    );
    const { detections } = judge(
      [several],
      [
        [0, 'a', 'u'],
        [1, 'a', 'v'],
        [2, 'b', 'v'],
      ],
    );
    expect(detections.map(({ matched }) => matched)).to.deep.equal([
      ['s', 't', 's and t'],
      ['s', 's and not t'],
    ]);
  });

  it('M15 a correlation over a rule whose placeholder is undefined is disabled with it', () => {
    const listed = b.replace('Kind: b', "Kind|expand: '%approved%'");
    const rules = [
      a,
      listed,
      correlation('x', `type: temporal\n${byUser}\ncondition: a and not b`),
    ];
    const outer = correlation(
      'outer',
      `type: event_count\nrules: [x]\n${byUser}\ncondition: { gte: 1 }`,
    );
    const { alerts, problems } = judge([...rules, outer], [[0, 'a', 'u']]);
    expect(alerts).to.deep.equal([]);
    expect(problems.map(({ code, severity, line }) => [code, severity, line])).to.deep.equal([
      ['undefined-placeholder', 'warning', 11],
      ['undefined-placeholder', 'warning', 13],
      ['undefined-placeholder', 'warning', 22],
    ]);
    expect(judge(rules, [[0, 'a', 'u']], { approved: [] }).alerts).to.deep.equal(['x [u] 0×1']);
    expect(
      judge(
        rules,
        [
          [0, 'a', 'u'],
          [1, 'b', 'u'],
        ],
        { approved: ['b'] },
      ).alerts,
    ).to.deep.equal([]);
  });

  it('M15 a filter that asks for an undefined placeholder disables what it narrows', () => {
    const filter = `title: f\nid: ${uuid('f')}\nlogsource: { product: windows }\nfilter: { rules: [a], s: { User|expand: '%trusted%' }, condition: not s }\n`;
    const rows: readonly Row[] = [[0, 'a', 'u']];
    const { alerts, problems } = judge([a, filter], rows);
    expect(alerts).to.deep.equal([]);
    expect(problems.map(({ code, ruleId }) => [code, ruleId])).to.deep.equal([
      ['undefined-placeholder', uuid('a')],
    ]);
    expect(judge([a, filter], rows, { trusted: [] }).alerts).to.deep.equal(['a [] 0×1']);
    expect(judge([a, filter], rows, { trusted: ['u'] }).alerts).to.deep.equal([]);
  });

  for (const [name, text] of [
    [
      'first_seen',
      correlation('x', `type: first_seen\nrules: [a]\n${byUser}\ncondition: { field: Value }`),
    ],
    [
      'missing_fields_strategy',
      correlation(
        'x',
        `type: event_count\nrules: [a]\n${byUser}\nmissing_fields_strategy: group\ncondition: { gte: 2 }`,
      ),
    ],
    ['suppress', base('a', 'suppress: { duration: 1h, by: [User] }\n')],
    [
      'suppress of a correlation',
      correlation(
        'x',
        `type: event_count\nrules: [a]\n${byUser}\ncondition: { gte: 2 }`,
        'suppress: 1h\n',
      ),
    ],
  ] as const) {
    it(`portable rules do without ${name}`, () => {
      const { rules, problems } = readRules(text, 'rules.yml', { portable: true });
      expect(rules).to.deep.equal([]);
      expect(problems.map(({ code }) => code)).to.deep.equal(['extension']);
      expect(problems[0]?.line).to.be.greaterThan(1);
    });
  }
});
