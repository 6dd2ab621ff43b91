import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { buildModule, modules } from './build.ts';

const root = resolve(import.meta.dirname, '../..');

describe('modules of WebAssembly', () => {
  for (const module of modules) {
    it(`${relative(root, module.compiled)} is what its sources compile to`, async () => {
      expect(readFileSync(module.compiled, 'utf8')).to.equal(await buildModule(module));
    });
  }
});
