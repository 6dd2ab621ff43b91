import { expect } from 'chai';
import fc from 'fast-check';

import { applyPipeline } from '../../../src/language/pipeline/apply.ts';
import type { AppliedPipeline } from '../../../src/language/pipeline/apply.ts';
import { readPipeline } from '../../../src/language/pipeline/read-pipeline.ts';
import { transformations } from '../../../src/language/pipeline/transformations/index.ts';
import { linkRules } from '../../../src/language/link.ts';
import { readRules } from '../../../src/language/read.ts';
import { codesOf, errorsOf, ruleOf, show } from '../support.ts';

/** A pipeline of these transformations, given as YAML list items. */
function pipelineOf(steps: string, more = ''): ReturnType<typeof readPipeline> {
  const lines = steps.split('\n').map((line) => `  ${line}`);
  return readPipeline(`name: p\n${more}\ntransformations:\n${lines.join('\n')}\n`, 'p.yml');
}

function apply(rules: string, steps: string, more = ''): AppliedPipeline {
  const { pipeline, problems } = pipelineOf(steps, more);
  expect(problems).to.deep.equal([]);
  if (pipeline === undefined) throw new Error('no pipeline');
  const read = readRules(rules, 'r.yml');
  expect(errorsOf(read.problems)).to.deep.equal([]);
  return applyPipeline(read.rules, pipeline);
}

/** The expressions of all detections after the pipeline. */
function linked(selection: string, steps: string, more = ''): readonly string[] {
  const { rules, problems } = apply(ruleOf(selection), steps, more);
  expect(problems).to.deep.equal([]);
  return linkRules(rules).detections.flatMap(({ expressions }) => expressions.map(show));
}

const rename = '- type: field_name_mapping\n  mapping: { f: g }\n';

const rows: readonly (readonly [
  name: string,
  selection: string,
  steps: string,
  expected: string,
])[] = [
  ['field_name_mapping', 'f: x\nh: y', rename, 'and(g=«x», h=«y»)'],
  ['field_name_mapping of keywords', '[x]', rename, '*«x»*'],
  ['field_name_mapping of exists', 'f|exists: true', rename, 'exists g'],
  ['field_name_mapping behind fieldref', 'a|fieldref: f', rename, 'a=equal field g'],
  [
    'field_name_mapping to several',
    'f: x',
    '- type: field_name_mapping\n  mapping: { f: [g, h] }',
    'or(g=«x», h=«x»)',
  ],
  [
    'field_name_mapping to several keeps an item whole',
    'f|contains|all: [x, y]',
    '- type: field_name_mapping\n  mapping: { f: [g, h] }',
    'or(and(g=*«x»*, g=*«y»*), and(h=*«x»*, h=*«y»*))',
  ],
  [
    'field_name_mapping to several under neq',
    'f|neq: x',
    '- type: field_name_mapping\n  mapping: { f: [g, h] }',
    'or(not g=«x», not h=«x»)',
  ],
  [
    'field_name_prefix_mapping takes the longest',
    'a.b.c: x\na.d: y',
    '- type: field_name_prefix_mapping\n  mapping: { a.: q., a.b.: r. }',
    'and(r.c=«x», q.d=«y»)',
  ],
  ['field_name_prefix', 'f: x', '- type: field_name_prefix\n  prefix: win.', 'win.f=«x»'],
  ['field_name_suffix', 'f: x', '- type: field_name_suffix\n  suffix: .keyword', 'f.keyword=«x»'],
  [
    'add_condition',
    'f: x',
    '- type: add_condition\n  conditions: { EventID: [1, 2], c|contains: z }',
    'and(and(or(EventID=number 1, EventID=number 2), c=*«z»*), f=«x»)',
  ],
  [
    'add_condition negated',
    'f: x',
    '- type: add_condition\n  negated: true\n  conditions: { EventID: 1 }',
    'and(not EventID=number 1, f=«x»)',
  ],
  [
    'add_condition as template',
    'f: x',
    "- type: add_condition\n  template: true\n  conditions: { src: 'log-$product-$service' }",
    'and(src=«log-windows-», f=«x»)',
  ],
  [
    'hashes_fields',
    "Hashes|contains: ['MD5=abc1', 'SHA256=DEF2']",
    '- type: hashes_fields\n  valid_hash_algos: [MD5, SHA256]\n  field_prefix: File',
    'or(FileMD5=«abc1», FileSHA256=«DEF2»)',
  ],
  [
    'hashes_fields by length',
    `Hash: '${'0a'.repeat(16)}'`,
    '- type: hashes_fields\n  valid_hash_algos: [MD5]\n  field_prefix: hash\n  drop_algo_prefix: true',
    `hash=«${'0a'.repeat(16)}»`,
  ],
  [
    'hashes_fields leaves other values',
    'Hashes|contains: nothing\nf: MD5=ab',
    '- type: hashes_fields\n  valid_hash_algos: [MD5]',
    'and(Hashes=*«nothing»*, f=«MD5=ab»)',
  ],
  [
    'value_placeholders',
    "f|contains|expand: '%a%-%b%'",
    '- type: value_placeholders',
    'or(f=*«1-3»*, f=*«2*-3»*)'.replace('«2*-3»', '«2»*«-3»'),
  ],
  [
    'value_placeholders leaves unknown ones to the policy',
    "f|expand: ['%a%', '%c%']",
    '- type: value_placeholders',
    'or(or(f=«1», f=«2»*), f=%c%)',
  ],
  [
    'value_placeholders include',
    "f|expand: ['%a%', '%b%']",
    '- type: value_placeholders\n  include: [b]',
    'or(f=%a%, f=«3»)',
  ],
  [
    'value_placeholders exclude',
    "f|expand: ['%a%', '%b%']",
    '- type: value_placeholders\n  exclude: [b]',
    'or(or(f=«1», f=«2»*), f=%b%)',
  ],
  ['wildcard_placeholders', "f|expand: 'x%c%'", '- type: wildcard_placeholders', 'f=«x»*'],
  [
    'replace_string',
    "f|startswith: 'C:\\Users'",
    "- type: replace_string\n  regex: '^C:'\n  replacement: 'D:'",
    'f=«D:\\Users»*',
  ],
  [
    'replace_string with groups',
    'f: ab-cd*',
    "- type: replace_string\n  regex: '([a-z]+)-([a-z]+)'\n  replacement: '\\2$\\1$9'",
    'f=«cd$ab$9»*',
  ],
  [
    'drop_detection_item',
    'f: x\nh: y',
    '- type: drop_detection_item\n  field_name_conditions: [{ type: include_fields, fields: [h] }]',
    'and(f=«x»)',
  ],
  [
    'include_fields',
    'f: x\nf2: y',
    '- type: field_name_suffix\n  suffix: _\n  field_name_conditions: [{ type: include_fields, fields: [f] }]',
    'and(f_=«x», f2=«y»)',
  ],
  [
    'include_fields by pattern',
    'fa: x\nfb: y\nc: z',
    "- type: field_name_suffix\n  suffix: _\n  field_name_conditions: [{ type: include_fields, mode: re, fields: ['f.'] }]",
    'and(fa_=«x», fb_=«y», c=«z»)',
  ],
  [
    'exclude_fields',
    'f: x\nh: y',
    '- type: field_name_suffix\n  suffix: _\n  field_name_conditions: [{ type: exclude_fields, fields: [f] }]',
    'and(f=«x», h_=«y»)',
  ],
  [
    'match_string any',
    'f: [abc, xyz]\nh: q',
    "- type: drop_detection_item\n  detection_item_conditions: [{ type: match_string, cond: any, pattern: 'a.c' }]",
    'and(h=«q»)',
  ],
  [
    'match_string all',
    'f: [abc, xyz]\nh: q',
    "- type: drop_detection_item\n  detection_item_conditions: [{ type: match_string, cond: all, pattern: 'a.c|q' }]",
    'and(or(f=«abc», f=«xyz»))',
  ],
  [
    'is_null and contains_wildcard',
    'f: null\ng: a*\nh: q',
    '- type: drop_detection_item\n  detection_item_cond_op: or\n  detection_item_conditions: [{ type: is_null }, { type: contains_wildcard }]',
    'and(h=«q»)',
  ],
  [
    'processing_item_applied of an item',
    'f: x\nh: y',
    `- id: one\n  type: field_name_mapping\n  mapping: { f: g }\n  field_name_conditions: [{ type: include_fields, fields: [f] }]\n- type: field_name_prefix\n  prefix: p.\n  detection_item_conditions: [{ type: processing_item_applied, processing_item_id: one }]`,
    'and(p.g=«x», h=«y»)',
  ],
  [
    'processing_item_applied of a field',
    'f: x\nh: y',
    `- id: one\n  type: field_name_mapping\n  mapping: { f: g }\n- type: field_name_prefix\n  prefix: p.\n  field_name_cond_not: true\n  field_name_conditions: [{ type: processing_item_applied, processing_item_id: one }]`,
    'and(g=«x», p.h=«y»)',
  ],
];

describe('pipelines', () => {
  for (const [name, selection, steps, expected] of rows) {
    it(name, () => {
      expect(linked(selection, steps, "vars: { a: [1, '2*'], b: 3 }")).to.deep.equal([expected]);
    });
  }

  const ruleConditions: readonly (readonly [string, boolean])[] = [
    ['[{ type: logsource, product: windows }]', true],
    ['[{ type: logsource, product: windows, service: sysmon }]', false],
    ['[{ type: logsource, product: linux }]', false],
    ['[{ type: contains_field, field: f }]', true],
    ['[{ type: contains_field, field: h }]', false],
    ['[{ type: contains_detection_item, field: f, value: x }]', true],
    ['[{ type: contains_detection_item, field: f, value: y }]', false],
    ['[{ type: is_sigma_rule }]', true],
    ['[{ type: is_sigma_correlation_rule }]', false],
    ['[{ type: rule_attribute, attribute: level, op: gte, value: low }]', true],
    ['[{ type: rule_attribute, attribute: level, op: gt, value: medium }]', false],
    ['[{ type: rule_attribute, attribute: title, value: t }]', true],
    ['[{ type: rule_attribute, attribute: constructor, value: t }]', false],
    ['[{ type: tag, tag: attack.t1048 }]', false],
    ['[{ type: processing_state, key: k, val: v }]', true],
    ['[{ type: processing_state, key: k, val: w }]', false],
    ['[{ type: processing_item_applied, processing_item_id: first }]', true],
    ['[{ type: processing_item_applied, processing_item_id: second }]', false],
    ['[{ type: is_sigma_rule }, { type: tag, tag: a.b }]', false],
    ['[{ type: is_sigma_rule }, { type: tag, tag: a.b }]\n  rule_cond_op: or', true],
    ['[{ type: is_sigma_rule }]\n  rule_cond_not: true', false],
    [
      '{ a: { type: is_sigma_rule }, b: { type: tag, tag: a.b } }\n  rule_cond_expr: a and not b',
      true,
    ],
    [
      '{ a: { type: is_sigma_rule }, b: { type: tag, tag: a.b } }\n  rule_cond_expr: not a or b',
      false,
    ],
  ];
  for (const [conditions, expected] of ruleConditions) {
    it(`rule_conditions: ${conditions.replace('\n ', '')}`, () => {
      const steps = `- id: first\n  type: set_state\n  key: k\n  val: v\n- type: field_name_mapping\n  mapping: { f: g }\n  rule_conditions: ${conditions}`;
      expect(linked('f: x', steps)).to.deep.equal([expected ? 'g=«x»' : 'f=«x»']);
    });
  }

  it('change_logsource replaces all of it', () => {
    const { rules } = apply(
      ruleOf('f: x'),
      '- type: change_logsource\n  category: c\n  service: s',
    );
    const [rule] = rules;
    expect(rule?.kind === 'detection' && rule.logsource).to.deep.equal({
      category: 'c',
      service: 's',
    });
  });

  it('set_custom_attribute sets a key, and says that a taxonomy is mapped', () => {
    const foreign = `${ruleOf('f: x')}taxonomy: ecs\n`;
    expect(codesOf(linkRules(readRules(foreign, 'f').rules).problems)).to.deep.equal([
      'foreign-taxonomy',
    ]);
    const { rules } = apply(
      foreign,
      '- type: set_custom_attribute\n  attribute: taxonomy\n  value: sigma\n- type: set_custom_attribute\n  attribute: __proto__\n  value: [1]',
    );
    expect(rules[0]?.custom.get('__proto__')).to.deep.equal([1]);
    expect(codesOf(linkRules(rules).problems)).to.deep.equal([]);
  });

  it('failures refuse a rule with their message, and no other', () => {
    const two = `${ruleOf('f: x')}---\n${ruleOf('h: y').replace('0001', '0002')}`;
    const steps =
      '- type: rule_failure\n  message: not here\n  rule_conditions: [{ type: contains_field, field: f }]';
    const { rules, problems } = apply(two, steps);
    expect(rules.map(({ id }) => id.at(-1))).to.deep.equal(['2']);
    expect(errorsOf(problems)).to.deep.equal(['pipeline-failure: not here']);
    const item =
      '- type: detection_item_failure\n  message: no x\n  detection_item_conditions: [{ type: match_string, pattern: x }]';
    expect(errorsOf(apply(two, item).problems)).to.deep.equal(['pipeline-failure: no x']);
  });

  it('a selection of which nothing is left refuses the rule', () => {
    const { problems } = apply(ruleOf('f: x'), '- type: drop_detection_item');
    expect(errorsOf(problems)).to.deep.equal([
      'pipeline-failure: nothing is left of the selection "sel"',
    ]);
  });

  it('hashes without a field refuse the rule', () => {
    const { problems } = apply(
      ruleOf('Hashes: IMPHASH=ab'),
      '- type: hashes_fields\n  valid_hash_algos: [MD5]',
    );
    expect(codesOf(problems)).to.deep.equal(['pipeline-failure']);
  });

  it('placeholders with too many combinations refuse the rule', () => {
    const many = Array.from({ length: 200 }, (_, index) => index).join(', ');
    const { problems } = apply(
      ruleOf("f|expand: '%a%%a%'"),
      '- type: value_placeholders',
      `vars: { a: [${many}] }`,
    );
    expect(codesOf(problems)).to.deep.equal(['pipeline-failure']);
  });

  describe('correlations', () => {
    const texts = `${ruleOf('f: x')}name: r\n---\ntitle: c\nid: 00000000-0000-4000-8000-000000000002
correlation:
  type: value_count
  rules: [r]
  group-by: [f, alias]
  aliases: { alias: { r: f } }
  timespan: 1m
  condition: { gte: 2, field: f }
fields: [f]
`;

    it('are renamed with the rules that they refer to', () => {
      const steps = `${rename}  rule_conditions: [{ type: logsource, product: windows }]`;
      const [, correlation] = apply(texts, steps).rules;
      if (correlation?.kind !== 'correlation') throw new Error('no correlation');
      const { groupBy, aliases, condition } = correlation.correlation;
      expect(groupBy).to.deep.equal(['g', 'alias']);
      expect([...(aliases.get('alias') ?? [])]).to.deep.equal([['r', 'g']]);
      expect(condition.kind === 'threshold' && condition.fields).to.deep.equal(['g']);
      expect(correlation.fields).to.deep.equal(['g']);
    });

    it('stay when their rules are of another log source', () => {
      const steps = `${rename}  rule_conditions: [{ type: logsource, product: linux }]`;
      const [, correlation] = apply(texts, steps).rules;
      expect(correlation?.kind === 'correlation' && correlation.correlation.groupBy).to.deep.equal([
        'f',
        'alias',
      ]);
    });

    it('cannot be grouped by several fields for one', () => {
      const { rules, problems } = apply(
        texts,
        '- type: field_name_mapping\n  mapping: { f: [g, h] }',
      );
      expect(rules.map(({ kind }) => kind)).to.deep.equal(['detection']);
      expect(new Set(codesOf(problems))).to.deep.equal(new Set(['pipeline-failure']));
    });
  });

  it('filters are renamed as rules are', () => {
    const text = `title: f\nid: 00000000-0000-4000-8000-000000000003\nlogsource: { product: windows }\nfilter: { rules: any, s: { f: a }, condition: not s }\n`;
    const [filter] = apply(text, rename).rules;
    expect(filter?.kind === 'filter' && [...filter.selections.values()].map(show)).to.deep.equal([
      'g=«a»',
    ]);
  });

  it('the rules that went in are as before', () => {
    const { rules } = readRules(ruleOf('f: x'), 'f');
    const { pipeline } = pipelineOf(rename);
    if (pipeline === undefined) throw new Error('no pipeline');
    applyPipeline(rules, pipeline);
    expect(
      rules[0]?.kind === 'detection' && [...rules[0].selections.values()].map(show),
    ).to.deep.equal(['f=«x»']);
  });

  const refused: readonly (readonly [string, string, number, number])[] = [
    ['name: p\ntransformations:\n  - type: nest\n', 'unknown transformation "nest"', 3, 5],
    [
      'name: p\ntransformations:\n  - field_name_mapping\n',
      'a transformation is a map with a type',
      3,
      5,
    ],
    [
      'name: p\ntransformations:\n  - { type: field_name_mapping }\n',
      'the key "mapping" is missing',
      3,
      5,
    ],
    ['name: p\ntransformations: x\n', '"transformations" must be a list', 2, 18],
    ['name: p\nsteps: []\n', 'unknown key "steps"', 2, 1],
    ['priority: high\n', '"priority" must be a whole number', 1, 11],
    ['- a\n', 'a pipeline is one document, and a map', 1, 1],
    ['name: &a p\n', 'anchors are not allowed in rule files', 1, 7],
    [
      'transformations:\n  - type: set_state\n    key: a\n    val: b\n    value: c\n',
      'unknown key "value"',
      5,
      5,
    ],
    [
      'transformations:\n  - { type: set_state, key: a, val: b, rule_conditions: [{ type: moon }] }\n',
      'unknown condition "moon"',
      2,
      58,
    ],
    [
      'transformations:\n  - { type: replace_string, regex: "(" }\n',
      'not an RE2 regular expression: "("',
      2,
      5,
    ],
    [
      'transformations:\n  - { type: set_state, key: a, val: b, rule_conditions: { x: { type: is_sigma_rule } }, rule_cond_expr: y }\n',
      '"y" is not defined',
      2,
      105,
    ],
  ];
  for (const [text, message, line, column] of refused) {
    it(`refuses ${JSON.stringify(text.slice(0, 70))}`, () => {
      const { pipeline, problems } = readPipeline(text, 'p.yml');
      expect(pipeline).to.equal(undefined);
      expect(problems[0]).to.include({ message, line, column, file: 'p.yml', severity: 'error' });
    });
  }

  it('what concerns query backends is passed over', () => {
    const text =
      'name: p\npriority: 20\nallowed_backends: [x]\nvars: {}\npostprocessing: []\nfinalizers: []\n';
    expect(readPipeline(text, 'p.yml').pipeline?.priority).to.equal(20);
  });

  it('every transformation of the shelf has a test', () => {
    const tested = new Set(
      [
        ...rows.map(([, , steps]) => steps),
        'type: change_logsource type: set_custom_attribute type: set_state type: rule_failure type: detection_item_failure',
      ].flatMap((text) => [...text.matchAll(/type: ([a-z_]+)/g)].map(([, type]) => type)),
    );
    expect(
      transformations.map(({ type }) => type).filter((type) => !tested.has(type)),
    ).to.deep.equal([]);
  });

  it('reading and applying never throw on mutated pipelines', () => {
    const seed = `name: p
priority: 1
vars: { a: [1, '2*'] }
transformations:
  - id: one
    type: field_name_mapping
    mapping: { f: [g, h] }
    rule_conditions: { x: { type: logsource, product: windows }, y: { type: is_sigma_rule } }
    rule_cond_expr: x and not not y
  - type: replace_string
    regex: 'x+'
    replacement: '$0$1'
    field_name_conditions: [{ type: include_fields, mode: re, fields: ['g.*'] }]
  - { type: add_condition, conditions: { 'e|contains': z } }
  - { type: value_placeholders }
`;
    const rules = readRules(ruleOf("f|contains|all: [x, '*y']\ng|expand: '%a%'"), 'f').rules;
    const edit = fc.record({
      from: fc.nat({ max: seed.length }),
      length: fc.nat({ max: 20 }),
      insert: fc.oneof(
        fc.constantFrom(
          '',
          '\n',
          ': ',
          '- ',
          '[',
          ']',
          '{',
          '}',
          '$',
          '\\',
          '(',
          '__proto__: ',
          'null',
        ),
        fc.string({ unit: 'binary', maxLength: 4 }),
      ),
    });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 5 }), (edits) => {
        let text = seed;
        for (const { from, length, insert } of edits) {
          text = text.slice(0, from) + insert + text.slice(from + length);
        }
        const { pipeline, problems } = readPipeline(text, 'p');
        expect(pipeline === undefined).to.equal(
          problems.some(({ severity }) => severity === 'error'),
        );
        if (pipeline !== undefined) linkRules(applyPipeline(rules, pipeline).rules);
      }),
      { numRuns: 1000 },
    );
  });
});
