import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';

const PLACES = [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** The browser of this machine; nothing is downloaded. */
export async function launch(): Promise<Browser> {
  const executablePath = PLACES.find((place) => place !== '' && existsSync(place));
  if (executablePath === undefined) {
    throw new Error(
      'no Chromium: install the package of your system (Debian: apt-get install -y chromium), or ' +
        'name its program in CHROMIUM',
    );
  }
  // As root there is no sandbox, and CI machines are often root in a container.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args });
}

/** What a page must never do: tells of each time it did. */
export interface Watched {
  readonly page: Page;
  readonly wrongs: readonly string[];
}

export interface PageOptions {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

/** A page that is watched for errors, dialogs, requests elsewhere and broken policies. */
export async function openPage(
  browser: Browser,
  url: string,
  { theme = 'light', width = 1280, height = 860 }: PageOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const { origin } = new URL(url);
  const wrongs: string[] = [];
  page.on('pageerror', (error) => wrongs.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    wrongs.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) wrongs.push(`request: ${request.url()}`);
  });
  page.on('console', (message) => {
    const text = message.text();
    // A refused answer is told by the browser too, and tests ask for some.
    if (message.type() === 'error' && !text.includes('Failed to load resource')) {
      wrongs.push(`console: ${text}`);
    }
  });
  await page.goto(url);
  return { page, wrongs };
}

/** Goes to an address of the page and waits until it shows what it asked for. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(new URL(path, page.url()).href);
  await page.locator('main').waitFor();
  await page.waitForLoadState('load');
  // The stream of events never ends, so that the network is never idle: the skeletons tell.
  await page.waitForFunction(
    () =>
      document.querySelector('.waiting') === null &&
      document.querySelector('main')?.childElementCount !== 0,
  );
}
