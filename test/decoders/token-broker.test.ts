import { Ajv } from 'ajv';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { findDecoder } from '../../src/decoders/index.ts';
import { decodeLine } from './fixtures.ts';

const root = resolve(import.meta.dirname, '../..');
const schema = JSON.parse(
  readFileSync(resolve(root, 'docs/token-broker-audit.schema.json'), 'utf8'),
) as object;
const accepts = new Ajv({ strict: false }).compile(schema);

function linesOf(file: string): readonly string[] {
  return readFileSync(resolve(root, file), 'utf8').trimEnd().split('\n');
}

describe('the schema of a token broker’s log', () => {
  const decoder = findDecoder('token-broker');

  for (const file of ['audit', 'refused']) {
    it(`says the same as the decoder of fixtures/token-broker/${file}.ndjson`, () => {
      if (decoder === undefined) throw new Error('no decoder');
      for (const [index, line] of linesOf(`fixtures/token-broker/${file}.ndjson`).entries()) {
        const isRefused = decodeLine(decoder, line, index + 1).some(
          (result) => 'problem' in (result as object),
        );
        expect(accepts(JSON.parse(line)), `${file}:${index + 1}`).to.equal(!isRefused);
      }
    });
  }

  it('holds for the example of its documentation', () => {
    const page = readFileSync(resolve(root, 'docs/token-broker-audit.md'), 'utf8');
    const example = /^\{"schema".*$/m.exec(page)?.[0] ?? '';
    expect(accepts(JSON.parse(example))).to.equal(true);
  });
});
