import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';

import type { Alert } from '../../src/alert/alert.ts';
import { serving } from '../dashboard/served.ts';
import { sampleAlert } from '../sinks/sample-alert.ts';
import { launch, openPage } from './chromium.ts';

const ALERTS = 100_000;
const ROWS_MAX = 200;
const STEPS = 60;

/** Alerts of one form, each with an identity, a host and a time of its own. */
function many(count: number): readonly Alert[] {
  const sample = sampleAlert(1);
  return Array.from({ length: count }, (_, number) => {
    const id = `alert-${String(number).padStart(6, '0')}`;
    const time = sample.time + number * 1000;
    const host = `LAP-${String(number % 977)}`;
    return {
      ...sample,
      id,
      time,
      document: { ...sample.document, host: { name: host } },
      state: { ...sample.state, id, firstSeen: time, lastSeen: time + 500, evidence: [] },
    };
  });
}

interface Figures {
  /** From the navigation to the first row, or to the words that there is none, in ms. */
  readonly paint: number;
  /** The longest time between two frames while it scrolls, and the median, in ms. */
  readonly frameMax: number;
  readonly frameMedian: number;
  readonly rowsMax: number;
}

async function measure(page: Page, url: string): Promise<Figures> {
  const started = performance.now();
  await page.goto(url);
  await page.locator('#row-0, .empty').first().waitFor();
  const paint = performance.now() - started;
  const scroll = await page.evaluate(async (steps) => {
    const box = document.querySelector('.list .scroll') ?? document.body;
    const frames: number[] = [];
    let rowsMax = 0;
    let last = performance.now();
    for (let step = 0; step < steps; step++) {
      // Small steps first, then jumps over the whole list.
      box.scrollTop = step < steps / 2 ? step * 400 : (box.scrollHeight * (step % 7)) / 7;
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      frames.push(now - last);
      last = now;
      rowsMax = Math.max(rowsMax, document.querySelectorAll('.list [role=row]').length);
    }
    frames.sort((a, b) => a - b);
    return { frameMax: frames.at(-1) ?? 0, frameMedian: frames[steps >> 1] ?? 0, rowsMax };
  }, STEPS);
  return { paint, ...scroll };
}

describe('browser: many alerts', () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it(`of ${ALERTS} alerts at most ${ROWS_MAX} rows are ever in the page`, async () => {
    let empty: Figures | undefined;
    await serving([], async ({ url, origin }) => {
      const { page } = await openPage(browser, url);
      empty = await measure(page, `${origin}/alerts?state=open`);
    });
    await serving([], async ({ url, origin, sink, indexed }) => {
      const alerts = many(ALERTS);
      for (let at = 0; at < ALERTS; at += 5_000) await sink.write(alerts.slice(at, at + 5_000));
      await indexed(ALERTS);
      const { page, wrongs } = await openPage(browser, url);
      const full = await measure(page, `${origin}/alerts?state=open`);
      expect(full.rowsMax).to.be.greaterThan(10).and.to.be.at.most(ROWS_MAX);
      expect(await page.locator('#alert-grid').getAttribute('aria-rowcount')).to.equal(
        String(ALERTS + 1),
      );
      await page.keyboard.press('End');
      await page.locator(`#row-${ALERTS - 1}.cursor a`).waitFor();
      // What comes while one reads waits behind a bar, and moves no row.
      const before = await page.locator(`#row-${ALERTS - 1} a`).getAttribute('href');
      await sink.write([sampleAlert(7)]);
      await page.locator('.news').waitFor();
      expect(await page.locator(`#row-${ALERTS - 1} a`).getAttribute('href')).to.equal(before);
      expect(wrongs).to.deep.equal([]);
      console.table({ 'empty page': rounded(empty), [`${ALERTS} alerts`]: rounded(full) });
    });
  }).timeout(600_000);
});

function rounded(figures: Figures | undefined): object {
  return Object.fromEntries(
    Object.entries(figures ?? {}).map(([name, value]) => [name, Math.round(Number(value))]),
  );
}
