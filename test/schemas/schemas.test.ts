import { expect } from 'chai';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

import { SchemaCheck, type JsonSchema } from '../../src/base/schema.ts';
import { plainYaml, readYaml } from '../../src/base/yaml.ts';
import { fileSchemas } from '../../src/workbench/schemas.ts';

const root = resolve(import.meta.dirname, '../..');
const schemas = fileSchemas();
const checks = new Map(
  Object.entries(schemas).map(([name, schema]) => [name, new SchemaCheck(schema)]),
);

/** YAML files that people write, and the schema of each; scenarios have theirs beside them. */
function files(): readonly (readonly [path: string, schema: string])[] {
  const below = (folder: string): readonly string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yml'))
      .map((name) => join(folder, name));
  const schemaOf = (path: string): string => {
    if (path.includes('/lists/')) return 'list.schema.json';
    return path.endsWith('.test.yml') ? 'rule-test.schema.json' : 'rule.schema.json';
  };
  const rules = below('rules').filter((path) => !/\/(?:policies|playbooks)\//.test(path));
  return rules.map((path) => [path, schemaOf(path)] as const);
}

function problemsOf(schema: string, text: string): readonly string[] {
  return readYaml(text).documents.flatMap(({ root: node }) =>
    (checks.get(schema)?.problems(JSON.parse(JSON.stringify(plainYaml(node)))) ?? []).map(
      ({ path, message }) => `${path.join('.')} ${message}`,
    ),
  );
}

describe('JSON schemas', () => {
  for (const [name, schema] of Object.entries(schemas)) {
    it(`schemas/${name} is what the code says`, () => {
      const written = JSON.parse(readFileSync(join(root, 'schemas', name), 'utf8')) as JsonSchema;
      const meant: unknown = JSON.parse(JSON.stringify(schema));
      expect(written, 'run: node test/schemas/write.ts').to.deep.equal(meant);
    });
  }

  it('our own files keep to them', () => {
    const broken = files().flatMap(([path, schema]) =>
      problemsOf(schema, readFileSync(join(root, path), 'utf8')).map((each) => `${path}: ${each}`),
    );
    expect(broken).to.deep.equal([]);
  });

  it('a schema that a file names is its own, and is there', () => {
    for (const [path, schema] of files()) {
      const text = readFileSync(join(root, path), 'utf8');
      const named = /^# yaml-language-server: \$schema=(\S+)/m.exec(text)?.[1];
      if (named === undefined) continue;
      const target = resolve(root, dirname(path), named);
      expect(relative(root, target), path).to.equal(join('schemas', schema));
      expect(existsSync(target), path).to.equal(true);
    }
  });

  // [schema, what, text, what it says]
  const wrong: readonly (readonly [string, string, string, string])[] = [
    [
      'rule.schema.json',
      'a misspelt level',
      'title: a\nlogsource: { product: x }\ndetection: { s: { f: 1 }, condition: s }\nlevel: fatal\n',
      'level must be one of',
    ],
    [
      'rule.schema.json',
      'a correlation without timespan',
      'title: a\ncorrelation: { type: event_count, rules: [r] }\n',
      'timespan',
    ],
    [
      'rule-test.schema.json',
      'an unknown key',
      'cases: [{ events: [], expect: [], expct: [] }]\n',
      'cases.0.expct is not a known key',
    ],
    [
      'rule-test.schema.json',
      'an alert without moment',
      'cases: [{ events: [], expect: [{ key: a }] }]\n',
      'cases.0.expect.0',
    ],
    [
      'rule-test.schema.json',
      'a moment that is none',
      'cases: [{ events: [{ at: soon }], expect: [] }]\n',
      'cases.0.events.0.at',
    ],
    ['list.schema.json', 'a list without entries', 'list: a\n', 'entries'],
    [
      'list.schema.json',
      'an override without owner',
      'overrides: [{ rule: a, reason: b, level: low }]\n',
      'overrides.0',
    ],
  ];
  for (const [schema, what, text, said] of wrong) {
    it(`${schema} refuses ${what}`, () => {
      expect(problemsOf(schema, text).join('\n')).to.include(said);
    });
  }
});
