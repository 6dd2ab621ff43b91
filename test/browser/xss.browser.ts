import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';

import { serving } from '../dashboard/served.ts';
import { launch, openPage, visit } from './chromium.ts';
import { hostileAlert } from './hostile-alert.ts';
import { payloads } from './payloads.ts';

/** What no alert may bring into the page: anything that runs, loads, links or is styled by it. */
function foreign(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const main = document.querySelector('#page') ?? document.body;
    const found = [
      ...main.querySelectorAll(
        'script, img, iframe, object, embed, base, meta, link, style, form[action], video, audio, ' +
          'math, marquee, template, a[href^="javascript" i], a[href^="data" i], a[href^="//"], ' +
          'a[href^="http"]',
      ),
    ].map((element) => element.outerHTML.slice(0, 200));
    for (const element of main.querySelectorAll('*')) {
      for (const { name } of element.attributes) {
        if (name.startsWith('on')) found.push(`${element.tagName} ${name}`);
      }
    }
    return found;
  });
}

describe('browser: what attackers write', () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it(`${payloads.length} payloads in every field of an alert run nothing and load nothing`, async () => {
    expect(new Set(payloads).size).to.be.at.least(200);
    const alerts = payloads.map((payload, number) => hostileAlert(number, payload));
    await serving(alerts, async ({ url, ask }) => {
      const { page, wrongs } = await openPage(browser, url);
      await page.addInitScript(() => {
        Object.assign(window, {
          ran: 0,
          x: () => ((window as unknown as { ran: number }).ran += 1),
        });
        document.addEventListener('securitypolicyviolation', ({ violatedDirective }) =>
          console.error(`policy: ${violatedDirective}`),
        );
      });
      const check = async (where: string): Promise<void> => {
        const ran = await page.evaluate(() => (window as unknown as { ran: number }).ran);
        expect(ran, where).to.equal(0);
        expect(await foreign(page), where).to.deep.equal([]);
      };
      await visit(page, '/alerts');
      for (let row = 0; row < payloads.length; row += 15) {
        await page.keyboard.press('PageDown');
        await check(`the list at ${row}`);
      }
      for (const group of ['lineage', 'rule', 'agent', 'destination']) {
        await visit(page, `/alerts?state=open&group=${group}`);
        await check(`groups by ${group}`);
      }
      const ids: string[] = [];
      for (let offset = 0; offset < payloads.length; offset += 200) {
        const { body } = await ask('GET', `/alerts?limit=200&offset=${offset}`);
        ids.push(...body.alerts.map(({ id }) => id));
      }
      expect(ids).to.have.lengthOf(payloads.length);
      for (const id of ids) {
        // Without loading the page anew: 200 loads would take minutes, and the view is the same.
        await page.evaluate(
          (path) => {
            window.history.pushState(null, '', path);
            window.dispatchEvent(new PopStateEvent('popstate'));
          },
          `/alerts/${encodeURIComponent(id)}`,
        );
        await page.locator('.alert-view .evidence').waitFor();
        await page.locator('.evidence button[aria-expanded]').first().click();
        await check(id);
      }
      for (const path of ['/agents', '/rules', '/health']) {
        await visit(page, path);
        await check(path);
      }
      const [first = ''] = payloads;
      await visit(page, `/agents/agent/${encodeURIComponent(first)}`);
      await check('one agent');
      expect(wrongs).to.deep.equal([]);
    });
  });
});
