import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const file = resolve(import.meta.dirname, '../../../src/dashboard/page/style/tokens.css');
const css = readFileSync(file, 'utf8');

function tokensOf(selector: string): ReadonlyMap<string, string> {
  const block = css.slice(css.indexOf(selector));
  const body = block.slice(block.indexOf('{') + 1, block.indexOf('}'));
  return new Map(
    [...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
}

const themes = {
  light: tokensOf(':root {'),
  dark: tokensOf(":root[data-theme='dark']"),
} as const;

/** Relative luminance and contrast by WCAG 2. */
function contrast(one: string, other: string): number {
  const luminance = (color: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ['bg', 'surface', 'sunken', 'sel'];

// Token, the grounds on which it may stand, and the ratio that it must keep.
const table: readonly (readonly [string, readonly string[], number])[] = [
  ['text', [...GROUNDS, 'raised', 'mark', 'critbg'], 7],
  ['text2', [...GROUNDS, 'raised', 'mark'], 4.5],
  ['text3', [...GROUNDS, 'raised'], 4.5],
  ['accent', [...GROUNDS, 'accentbg'], 4.5],
  ['on-accent', ['accent'], 4.5],
  ['crit', [...GROUNDS, 'critbg'], 4.5],
  ['on-critfill', ['critfill'], 4.5],
  ['high', [...GROUNDS, 'highbg'], 4.5],
  ['med', [...GROUNDS, 'medbg'], 4.5],
  ['low', [...GROUNDS, 'lowbg'], 4.5],
  ['info', [...GROUNDS, 'infobg'], 4.5],
  ['ok', [...GROUNDS, 'okbg'], 4.5],
  ['read', GROUNDS, 4.5],
  ['send', GROUNDS, 4.5],
  ['run', GROUNDS, 4.5],
  ['on-heat-low', ['heat1', 'heat2', 'heat3'], 4.5],
  ['on-heat-high', ['heat4', 'heat5'], 4.5],
  ['edge', GROUNDS, 3],
];

describe('dashboard: contrast of the colours', () => {
  for (const [theme, tokens] of Object.entries(themes)) {
    for (const [token, grounds, least] of table) {
      it(`${theme}: ${token} keeps ${least} on ${grounds.join(', ')}`, () => {
        for (const ground of grounds) {
          const ratio = contrast(tokens.get(token) ?? '', tokens.get(ground) ?? '');
          expect(ratio, ground).to.be.at.least(least);
        }
      });
    }
  }

  it('both themes name the same tokens', () => {
    expect([...themes.dark.keys()]).to.deep.equal([...themes.light.keys()]);
  });
});
