import axe from 'axe-core';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';

import { LoadedRules } from '../../src/dashboard/loaded-rules.ts';
import { createAutoDecoder } from '../../src/decoders/index.ts';
import { createDetector } from '../../src/runtime/detector.ts';
import { BUNDLED_RULES } from '../../src/runtime/rule-files.ts';
import { idlePipeline, serving } from '../dashboard/served.ts';
import { sampleAlert } from '../sinks/sample-alert.ts';
import { launch, openPage, visit } from './chromium.ts';
import { hostileAlert } from './hostile-alert.ts';

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

interface WithAxe {
  readonly axe: {
    run(options: object): Promise<{ readonly violations: readonly Violation[] }>;
  };
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const result = await (window as unknown as WithAxe).axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return result.violations;
  });
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''} ${nodes[0]?.failureSummary ?? ''}`);
}

describe('browser: accessibility', () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  const detector = createDetector({
    rules: [BUNDLED_RULES],
    lists: [`${BUNDLED_RULES}/lists`],
    decoder: createAutoDecoder(),
  });
  const rules = new LoadedRules(detector);
  const pipeline = {
    ...idlePipeline,
    rules: () => rules.all(),
    ruleText: (id: string) => rules.text(id),
  };
  const [rule] = rules.all();
  const alerts = [
    ...[1, 2, 3, 4].map((number) =>
      sampleAlert(number, {
        level: (['critical', 'high', 'medium', 'low'] as const)[number - 1] ?? 'low',
      }),
    ),
    hostileAlert(5, 'curl \u202e<img src=x>\u200b'.padEnd(600, 'y')),
  ];

  for (const theme of ['light', 'dark'] as const) {
    for (const width of [360, 1280]) {
      it(`no serious violation on any page, ${theme}, ${width} px`, () =>
        serving(
          alerts,
          async ({ url, ask }) => {
            await ask('PUT', `/alerts/${alerts[1]?.id ?? ''}/triage`, {
              version: 0,
              state: 'closed',
              reason: 'expected',
            });
            await ask('PUT', `/alerts/${alerts[2]?.id ?? ''}/triage`, {
              version: 0,
              state: 'acknowledged',
              assignee: 'lena',
              comment: 'seen',
            });
            const { page, wrongs } = await openPage(browser, url, { theme, width });
            const found: string[] = [];
            const look = async (where: string): Promise<void> => {
              for (const violation of await violations(page)) found.push(`${where}: ${violation}`);
            };
            for (const path of [
              '/alerts?state=open,acknowledged,closed',
              '/alerts?state=open&group=rule',
              '/alerts?state=open&severity=urgent',
              `/alerts/${alerts[0]?.id ?? ''}`,
              `/alerts/${encodeURIComponent(alerts[4]?.id ?? '')}`,
              '/agents',
              '/agents/host/LAP-1',
              '/rules',
              '/rules/coverage',
              `/rules/${rule?.id ?? ''}`,
              '/health',
            ]) {
              await visit(page, path);
              await look(path);
            }
            await visit(page, '/alerts?state=open,acknowledged,closed');
            await page.locator('#row-0').waitFor();
            for (const [key, what] of [
              ['c', 'close'],
              ['m', 'comment'],
              ['?', 'keys'],
              ['Control+k', 'palette'],
            ] as const) {
              await page.keyboard.press(key);
              await page.getByRole('dialog').waitFor();
              await look(`dialog: ${what}`);
              await page.keyboard.press('Escape');
            }
            await page.keyboard.press('x');
            await page.keyboard.press('Space');
            await page.locator('.preview .evidence').waitFor();
            await look('preview and selection');
            expect(found).to.deep.equal([]);
            expect(wrongs).to.deep.equal([]);
          },
          { pipeline },
        ));
    }
  }

  it('no serious violation on the login', () =>
    serving([], async ({ origin }) => {
      const { page } = await openPage(browser, `${origin}/login`);
      await page.getByLabel('Password').waitFor();
      expect(await violations(page)).to.deep.equal([]);
    }));

  it('at 360 px, and at 200 % of 1280, nothing scrolls sideways', () =>
    serving(alerts, async ({ url }) => {
      for (const width of [360, 640]) {
        const { page } = await openPage(browser, url, { width });
        for (const path of [
          '/alerts?state=open',
          `/alerts/${alerts[0]?.id ?? ''}`,
          '/agents',
          '/rules',
          '/health',
        ]) {
          await visit(page, path);
          const wide = await page.evaluate(
            () => document.documentElement.scrollWidth - window.innerWidth,
          );
          expect(wide, `${path} at ${width}`).to.be.at.most(0);
        }
      }
    }));
});
