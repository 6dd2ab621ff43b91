import { expect } from 'chai';
import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { codesOf, ruleOf } from './support.ts';
import { linkRules } from '../../src/language/link.ts';
import { readRules } from '../../src/language/read.ts';

const seed = `title: Bulk read of protected files by an agent
id: 5b2f1f1e-0000-4000-8000-000000000001
name: bulk_read
status: test
date: 2026-01-02
tags: [attack.t1005, attack.exfiltration]
logsource: { product: linux, category: file_access }
detection:
  agent:
    - Image|endswith|windash: ['/claude', ' -x']
      pid|gt: 5
    - keyword
  path|like:
    TargetFilename|contains|all: ['/srv/', payroll*]
    Hash|base64offset|contains: foobar
    When|hour|gte: 20
    Ip|cidr: 10.0.0.0/8
    Cmd|re|i: ^a.*b$
    User|expand: '%admins%'
    Same|fieldref|neq: Other
    Gone: null
  condition: 1 of agent and not all of path* or not (agent and agent)
level: high
suppress: { duration: 1h, by: [host] }
---
title: Many
id: 5b2f1f1e-0000-4000-8000-000000000002
correlation:
  type: value_count
  rules: [bulk_read]
  group-by: [host]
  timespan: 30s
  condition: { gte: 60, field: TargetFilename }
---
title: Not backups
id: 5b2f1f1e-0000-4000-8000-000000000003
logsource: { product: linux }
filter: { rules: [bulk_read], s: { User: backup }, condition: not s }
`;

function survives(text: string): void {
  const { rules, problems } = readRules(text, 'f', { schema: true });
  for (const { line, column, message, code } of [...problems, ...linkRules(rules).problems]) {
    expect(line).to.be.greaterThan(0);
    expect(column).to.be.greaterThan(0);
    expect(message.length).to.be.lessThan(400);
    expect(code).to.match(/^[a-z0-9-]+$/);
  }
}

describe('hostile rules', () => {
  it('the seed of the mutations is sound', () => {
    const { rules, problems } = readRules(seed, 'f');
    expect(codesOf(problems)).to.deep.equal(['odd-selection']);
    expect(linkRules(rules).problems).to.deep.equal([]);
  });

  it('reading and linking never throw on mutated rules', () => {
    const position = fc.nat({ max: seed.length });
    const edit = fc.record({
      from: position,
      length: fc.nat({ max: 30 }),
      insert: fc.oneof(
        fc.constantFrom(
          '',
          '\n',
          ': ',
          '- ',
          '|',
          '*',
          '\\',
          '[',
          ']',
          '{',
          '}',
          "'",
          '"',
          '&a ',
          '%',
          'null',
          '0',
          '\n---\n',
          '  ',
          '|re',
          'action: repeat\n',
          '__proto__: ',
          'constructor',
        ),
        fc.string({ unit: 'binary', maxLength: 4 }),
      ),
    });
    const copy = fc.record({ from: position, length: fc.nat({ max: 120 }), to: position });
    fc.assert(
      fc.property(
        fc.array(edit, { maxLength: 6 }),
        fc.array(copy, { maxLength: 2 }),
        (edits, copies) => {
          let text = seed;
          for (const { from, length, to } of copies) {
            text = text.slice(0, to) + seed.slice(from, from + length) + text.slice(to);
          }
          for (const { from, length, insert } of edits) {
            text = text.slice(0, from) + insert + text.slice(from + length);
          }
          survives(text);
        },
      ),
      { numRuns: 800 },
    );
  });

  it('keys of Object.prototype are keys like others', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
    const selections = names.map((name) => `  ${name}: { ${name}: x }`).join('\n');
    const text = `title: t\nid: 5b2f1f1e-0000-4000-8000-000000000001\n__proto__: { a: 1 }\nconstructor: 2\nlogsource: { product: p, __proto__: { q: 1 } }\ndetection:\n${selections}\n  condition: all of *o* and __proto__\n`;
    const { rules, problems } = readRules(text, 'f');
    expect(codesOf(problems).filter((code) => code !== 'unused-selection')).to.deep.equal([]);
    const [rule] = rules;
    if (rule?.kind !== 'detection') throw new Error('no rule');
    expect([...rule.selections.keys()]).to.deep.equal(names);
    expect(Object.getPrototypeOf(rule)).to.equal(Object.prototype);
    expect(Object.hasOwn(Object.prototype, 'a') || Object.hasOwn(Object.prototype, 'q')).to.equal(
      false,
    );
    expect(linkRules(rules).detections).to.have.lengthOf(1);
  });

  for (const text of ['f|__proto__: x', 'f|constructor: x', 'f|toString: x']) {
    it(`${text} is an unknown modifier`, () => {
      expect(codesOf(readRules(ruleOf(text), 'f').problems)).to.deep.equal(['unknown-modifier']);
    });
  }

  it('an alias bomb is refused at its first anchor', () => {
    const text = `a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n${ruleOf('f: x')}`;
    const { rules, problems } = readRules(text, 'f');
    expect(new Set(codesOf(problems))).to.deep.equal(new Set(['yaml-alias']));
    expect(problems[0]).to.include({ line: 1, column: 4 });
    expect(rules).to.deep.equal([]);
  });

  it('& and * in texts are no aliases', () => {
    const text = ruleOf('f|contains:\n  - \'&x\'\n  - "*y"\n  - a & b * c\ng: |\n  &a\n  *b');
    expect(codesOf(readRules(text, 'f').problems)).to.deep.equal([]);
  });

  it('a file with very many problems lists 200 and says that there are more', () => {
    const values = Array.from({ length: 5000 }, () => 'true').join(', ');
    const { rules, problems } = readRules(ruleOf(`f|contains: [${values}]`), 'f');
    expect(problems).to.have.lengthOf(201);
    expect(problems.at(-1)?.code).to.equal('too-many-problems');
    expect(rules).to.deep.equal([]);
  });

  it('regular expressions that are small to write and large to compile are not all compiled', () => {
    const values = Array.from({ length: 2000 }, (_, index) => `'[a-z]{1000}${String(index)}'`);
    const { problems } = readRules(ruleOf(`f|re: [${values.join(', ')}]`), 'f');
    expect(problems[0]).to.include({
      code: 'invalid-regex',
      message: 'the regular expressions of this file are too large together',
    });
  });

  it('one correlation that names very many unknown rules has few problems', () => {
    const names = Array.from({ length: 5000 }, (_, index) => `r${String(index)}`).join(', ');
    const text = `title: t\nid: 5b2f1f1e-0000-4000-8000-000000000001\ncorrelation: { type: temporal, rules: [${names}], timespan: 1m }\n`;
    expect(linkRules(readRules(text, 'f').rules).problems).to.have.lengthOf(50);
  });

  it('values that grow under their modifiers stay within a small multiple of the text', () => {
    const chain = 'f|wide|base64|base64|base64|base64|base64|base64offset|contains|contains: ';
    const { rules } = readRules(ruleOf(`${chain}${'x'.repeat(10_000)}`), 'f');
    const size = JSON.stringify(rules, (_, value: unknown) =>
      value instanceof Map ? [...value] : value,
    ).length;
    expect(size).to.be.lessThan(40 * 10_000);
  });
});

describe('rules of this project', () => {
  it('all are read and linked', () => {
    const folder = join(import.meta.dirname, '../../rules');
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => /^(?!lists|policies|playbooks).*\.ya?ml$/.test(name) && !name.includes('.test.'),
    );
    const read = names.map((name) => readRules(readFileSync(join(folder, name), 'utf8'), name));
    const errors = read
      .flatMap(({ problems }) => problems)
      .filter(({ severity }) => severity === 'error');
    expect(errors).to.deep.equal([]);
  });
});
