import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { SCRIPT, STYLE } from '../../../src/dashboard/bundle.ts';
import { buildPage } from './build.ts';

const unpacked = (base64: string): string =>
  gunzipSync(Buffer.from(base64, 'base64')).toString('utf8');

describe('dashboard: bundle of the page', () => {
  it('is what its sources make; `npm run build:page` makes it anew', async () => {
    const { script, style } = await buildPage();
    expect(unpacked(SCRIPT) === script, 'the script').to.equal(true);
    expect(unpacked(STYLE) === style, 'the style').to.equal(true);
  });

  it('names no other origin and needs no eval', () => {
    const script = unpacked(SCRIPT);
    const addresses = script.match(/https?:\/\/[\w.]+/g) ?? [];
    // Names of XML and of the rule language, never asked for.
    const asked = addresses.filter((address) => !/www\.w3\.org|mitre\.org|schema/.test(address));
    expect(asked).to.deep.equal([]);
    expect(script).not.to.match(/\beval\(|new Function\(|document\.write\(/);
    expect(unpacked(STYLE)).not.to.match(/url\(|@import/);
  });

  it('makes no markup, style or address from text', () => {
    const page = resolve(import.meta.dirname, '../../../src/dashboard/page');
    const risky =
      /dangerouslySetInnerHTML|innerHTML|insertAdjacent|\bstyle="|setAttribute\(|srcdoc/;
    const found = readdirSync(page, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .filter((name) => risky.test(readFileSync(join(page, name), 'utf8')));
    expect(found).to.deep.equal([]);
  });
});
