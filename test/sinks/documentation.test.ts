import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { sinkKinds } from '../../src/sinks/index.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/sinks.md'), 'utf8');

describe('docs/sinks.md', () => {
  for (const { name, settings, canBePrimary, keepsStates } of sinkKinds) {
    it(`describes ${name} with every setting`, () => {
      const row = `| \`${name}\` | ${canBePrimary ? 'yes ' : ''}| ${keepsStates ? 'yes ' : ''}|`;
      expect(text).to.include(row);
      const from = text.indexOf(`### \`${name}\``);
      const section = text.slice(from, text.indexOf('\n##', from + 4));
      for (const key of Object.keys(Object(settings['properties']))) {
        expect(section).to.include(`\`${key}\``);
      }
    });
  }
});
