import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';

import { launch, openPage } from './chromium.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
}

/** Starts a command of ours that serves the page, and reads its address. */
async function start(args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const output = child.stdout;
  if (output === null) throw new Error('standard output is a pipe');
  const url = await new Promise<string>((found, failed) => {
    let text = '';
    output.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const address = /http:\/\/\S+\?token=\S+/.exec(text)?.[0];
      if (address !== undefined) found(address);
    });
    child.once('close', () => failed(new Error(`it ended before it served: ${text}`)));
  });
  return { child, url };
}

async function stop({ child }: Running): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGINT');
  await closed;
}

describe('browser: the demo', () => {
  let folder = '';
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-browser-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('its alert appears live, is triaged by keyboard alone, and is so after a restart', async () => {
    const listen = ['--listen', '127.0.0.1:0'];
    const demo = await start([
      'demo',
      '--data-dir',
      folder,
      '--serve',
      '--speed',
      '600',
      ...listen,
    ]);
    const { page, wrongs } = await openPage(browser, demo.url);
    await page.getByText('No alerts.').waitFor();
    await page.evaluate(() => document.body.setAttribute('data-first', 'load'));
    // The alert of 11:42 comes as news: no row moves by itself, and nothing is loaded again.
    await page.locator('.news').waitFor({ timeout: 60_000 });
    expect(await page.locator('body').getAttribute('data-first')).to.equal('load');
    expect(await page.locator('.row.heads').count()).to.equal(1);
    await page.keyboard.press('.');
    const first = page.locator('#row-0');
    await first.waitFor();
    await page.keyboard.press('Home');
    const name = await first.locator('.sentence').getAttribute('href');

    await page.keyboard.press('a');
    await first.getByText('Ack’d').waitFor();
    // The row shows it before it is stored; the next deed builds on what is stored.
    await page.getByText('Acknowledged', { exact: true }).waitFor();
    await page.keyboard.press('m');
    // What is typed before the dialog has the focus would be commands of the list.
    await page.locator('[role=dialog] :focus').waitFor();
    await page.keyboard.type('asked ana');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Comment saved').waitFor();
    await page.keyboard.press('c');
    await page.locator('[role=dialog] :focus').waitFor();
    await page.keyboard.press('e');
    await first.getByText('Closed').waitFor();
    await page.getByText('Closed: expected work').waitFor();
    await stop(demo);

    const again = await start([
      'demo',
      '--data-dir',
      folder,
      '--serve',
      '--speed',
      'max',
      ...listen,
    ]);
    const second = await openPage(browser, again.url);
    await second.page.goto(new URL(name ?? '', again.url).href);
    await second.page.locator('.alert-head').getByText('Closed').waitFor();
    await second.page.getByText('asked ana').waitFor();
    await stop(again);
    expect(wrongs.filter((wrong) => !wrong.includes('ERR_'))).to.deep.equal([]);
    expect(second.wrongs).to.deep.equal([]);
  });

  it('an alert opens, and Escape comes back to its row', async () => {
    const demo = await start([
      'demo',
      '--data-dir',
      folder,
      '--serve',
      '--speed',
      'max',
      '--listen',
      '127.0.0.1:0',
    ]);
    const { page, wrongs } = await openPage(browser, demo.url);
    await page.locator('.news, #row-1').first().waitFor({ timeout: 60_000 });
    await page.waitForTimeout(1500);
    await page.keyboard.press('.');
    await page.locator('#row-1').waitFor();
    await page.keyboard.press('Home');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.locator('.window-line').waitFor();
    await page.locator('.evidence tbody tr').first().waitFor();
    await page.locator('.rule-text .line').first().waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#row-1.cursor').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('h');
    await page.getByRole('heading', { name: 'Health' }).waitFor();
    await stop(demo);
    expect(wrongs.filter((wrong) => !wrong.includes('ERR_'))).to.deep.equal([]);
  });
});
