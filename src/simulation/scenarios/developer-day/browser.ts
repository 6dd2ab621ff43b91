import type { Process } from '../../action.ts';
import { at, home, moments } from './day.ts';
import type { Part } from './day.ts';
import { pageParts, pages } from './destinations.ts';
import * as programs from './windows-programs.ts';
import type { Session } from './windows-session.ts';

const profile = `${home}\\AppData\\Local\\Google\\Chrome\\User Data`;

/** Chrome: one browser, one network service, and a renderer for each page. */
export function browse(part: Part, session: Session): void {
  const { stage, random } = part;
  const start = at('09:04:30');
  const browser = stage.launch(start, programs.chrome, { parent: session.desktop });
  const helper = (after: number, type: string): Process =>
    stage.launch(start + after, programs.chrome, {
      parent: browser,
      arguments: `--type=${type} --field-trial-handle=2104,i,1190 --variations-seed-version`,
    });
  helper(120, `crashpad-handler "--user-data-dir=${profile}"`);
  helper(260, 'gpu-process');
  const network = helper(300, 'utility --utility-sub-type=network.mojom.NetworkService');
  helper(340, 'utility --utility-sub-type=storage.mojom.StorageService');
  // The browser's own look at its passwords: the same file that thieves read, every day.
  for (const time of moments(random, '09:05', '17:20', 2_400_000)) {
    stage.act(time, browser, { kind: 'read', path: `${profile}\\Default\\Login Data` });
  }
  let tabs = 7;
  for (const [from, to] of [
    ['09:06', '12:28'],
    ['13:16', '17:25'],
  ] as const) {
    for (const time of moments(random, from, to, 165_000)) {
      visit(part, { browser, network, tab: (tabs += 1) }, time);
    }
  }
}

function visit(
  { stage, random }: Part,
  chrome: { readonly browser: Process; readonly network: Process; readonly tab: number },
  time: number,
): void {
  stage.run(time, random.integer(20_000, 900_000), programs.chrome, {
    parent: chrome.browser,
    arguments: `--type=renderer --lang=en-GB --renderer-client-id=${chrome.tab} --field-trial-handle=2104,i,1190`,
  });
  stage.contact(time + 90, chrome.network, random.pick(pages));
  for (let part = random.integer(1, 3); part > 0; part -= 1) {
    stage.contact(time + 300 + 140 * part, chrome.network, random.pick(pageParts));
  }
  if (random.chance(0.4)) {
    const path = `${profile}\\Default\\Cache\\Cache_Data\\f_00${random.hex(4)}`;
    stage.act(time + 1_200, chrome.browser, { kind: 'create', path });
  }
  if (random.chance(0.06)) {
    const path = `${home}\\Downloads\\${random.pick(['datasheet', 'invoice', 'slides'])}-${random.hex(3)}.pdf`;
    stage.act(time + 4_000, chrome.browser, { kind: 'create', path });
  }
  if (random.chance(0.12)) {
    stage.act(time + 9_000, chrome.browser, { kind: 'copy', digest: random.hex(16) });
  }
}
