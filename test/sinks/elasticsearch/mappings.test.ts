import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  alertMappings,
  stateMappings,
  triageMappings,
  type Variant,
} from '../../../src/sinks/elasticsearch/mappings.ts';
import { resources } from '../../../src/sinks/elasticsearch/templates.ts';

/** Every field of a mapping with its type. */
function fieldsOf(variant: Variant): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const walk = (properties: object, path: readonly string[]): void => {
    for (const [name, mapping] of Object.entries(properties)) {
      const inner = [...path, name];
      if ('properties' in mapping) walk(mapping.properties, inner);
      else fields.set(inner.join('.'), mapping.type);
    }
  };
  walk(Object(alertMappings(variant)['properties']), []);
  return fields;
}

/** Paths in a document that no field of the mapping covers. */
function unmapped(value: unknown, fields: ReadonlyMap<string, string>, path = ''): string[] {
  if (fields.has(path)) return [];
  if (Array.isArray(value)) return value.flatMap((one) => unmapped(one, fields, path));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) =>
    unmapped(inner, fields, path === '' ? name : `${path}.${name}`),
  );
}

const GOLDEN = join(import.meta.dirname, '../../alert/golden');

describe('the mapping of alerts', () => {
  for (const file of readdirSync(GOLDEN)) {
    it(`has every field of ${file}`, () => {
      const { document } = Object(JSON.parse(readFileSync(join(GOLDEN, file), 'utf8')));
      expect(unmapped(document, fieldsOf('full'))).to.deep.equal([]);
    });
  }

  const types: readonly (readonly [string, string, string])[] = [
    ['@timestamp', 'date', 'date'],
    ['event.ingested', 'date', 'date'],
    ['event.kind', 'keyword', 'keyword'],
    ['message', 'match_only_text', 'text'],
    ['process.command_line', 'wildcard', 'keyword'],
    ['process.pid', 'long', 'long'],
    ['source.ip', 'ip', 'ip'],
    ['url.full', 'wildcard', 'keyword'],
    ['tidegate.evidence', 'flattened', 'flattened'],
    ['tidegate.value', 'double', 'double'],
  ];
  for (const [field, full, core] of types) {
    it(`gives ${field} the type ${full}${full === core ? '' : `, in the core ${core}`}`, () => {
      expect([fieldsOf('full').get(field), fieldsOf('core').get(field)]).to.deep.equal([
        full,
        core,
      ]);
    });
  }

  it('adds no field that an event names, in no index', () => {
    for (const mapping of [alertMappings('full'), stateMappings(), triageMappings()]) {
      expect(mapping).to.include({ dynamic: false });
    }
  });

  it('indexes no text longer than Lucene takes', () => {
    const text = JSON.stringify(alertMappings('core'));
    const limits = [...text.matchAll(/"ignore_above":(\d+)/g)].map(([, limit]) => Number(limit));
    expect(Math.max(...limits) * 4).to.be.at.most(32_766);
    const open = [
      ...text.matchAll(
        /\{"type":"(?:keyword|wildcard|flattened)"(?!,"ignore_above|,"index":false)/g,
      ),
    ];
    expect(open).to.deep.equal([]);
  });
});

describe('what setup puts', () => {
  it('has a lifecycle only where there are lifecycles, and the codec only in the full variant', () => {
    const core = JSON.stringify(resources({ variant: 'core', retentionDays: undefined }));
    expect(core).to.not.include('lifecycle').and.to.not.include('best_compression');
    const full = JSON.stringify(resources({ variant: 'full', retentionDays: 30 }));
    expect(full).to.include('"min_age":"61d"').and.to.include('best_compression');
  });

  it('stays within the number of fields that it allows', () => {
    expect(fieldsOf('full').size * 2).to.be.below(2000);
  });
});
