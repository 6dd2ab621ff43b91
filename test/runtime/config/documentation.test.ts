import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readConfig } from '../../../src/runtime/config/read.ts';
import { configSchema } from '../../../src/runtime/config/schema.ts';
import { sourceKinds } from '../../../src/sources/index.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/configuration.md'), 'utf8');

describe('docs/configuration.md', () => {
  it('names every key, limit and kind of source', () => {
    const { properties } = configSchema() as {
      properties: Record<string, { properties?: object }>;
    };
    const names = [
      ...Object.keys(properties),
      ...Object.keys(properties['limits']?.properties ?? {}),
      ...sourceKinds.map(({ name }) => name),
    ];
    expect(names.filter((name) => !page.includes(`\`${name}\``))).to.deep.equal([]);
  });

  it('shows a file that is right', () => {
    const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const { problems } = readConfig(example, { environment: {}, readFile: () => '' });
    expect(problems).to.deep.equal([]);
  });
});
