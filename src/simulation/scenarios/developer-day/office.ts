import type { EventTime } from '../../../event/record.ts';
import type { Process } from '../../action.ts';
import { at, home, moments } from './day.ts';
import type { Part } from './day.ts';
import * as destinations from './destinations.ts';
import { documents, payroll, summaries } from './files.ts';
import * as programs from './windows-programs.ts';
import type { Session } from './windows-session.ts';

/** Mail, meetings, synchronisation, and the user's own reading of protected files. */
export function officeWork(part: Part, session: Session): void {
  readMail(part, session);
  meet(part, session);
  synchronise(part, session);
  openSheets(part, session, at('10:41'), summaries.slice(0, 3));
  openSheets(part, session, at('14:34'), [...summaries.slice(2), ...payroll.slice(12, 20)]);
  browse(part, session);
  writeDocuments(part, session);
}

function readMail({ stage, random }: Part, session: Session): void {
  const outlook = stage.launch(at('09:03:10'), programs.outlook, { parent: session.desktop });
  for (const time of moments(random, '09:04', '17:25', 170_000)) {
    if (random.chance(0.35)) stage.resolve(time, outlook, destinations.mail);
    stage.connect(time + 70, outlook, destinations.mail);
    if (random.chance(0.2)) {
      const path = `${home}\\AppData\\Local\\Microsoft\\Outlook\\RoamCache\\Stream_${random.hex(8)}.dat`;
      stage.act(time + 400, outlook, { kind: 'create', path });
    }
  }
  copying({ stage, random }, outlook, 40 * 60_000);
}

/** The user copies text out of a program now and then. */
function copying({ stage, random }: Part, process: Process, everyMs: number): void {
  for (const time of moments(random, '09:30', '17:10', everyMs)) {
    stage.act(time, process, { kind: 'copy', digest: random.hex(16) });
  }
}

function meet({ stage, random }: Part, session: Session): void {
  const teams = stage.launch(at('09:02:20'), programs.teams, { parent: session.serviceHost });
  const views = ['browser', 'gpu-process', 'utility', 'renderer'].map((type, number) =>
    stage.launch(at('09:02:21') + 300 * number, programs.webView, {
      parent: teams,
      arguments: `--type=${type} --webview-exe-name=ms-teams.exe --user-data-dir="${home}\\AppData\\Local\\Packages\\MSTeams_8wekyb3d8bbwe\\LocalCache\\Microsoft\\MSTeams\\EBWebView"`,
    }),
  );
  const network = views[2] ?? teams;
  for (const time of moments(random, '09:03', '17:28', 130_000)) {
    if (random.chance(0.3)) stage.resolve(time, network, destinations.meetings);
    stage.connect(time + 55, network, destinations.meetings);
  }
}

function synchronise({ stage, random }: Part, session: Session): void {
  const sync = stage.launch(at('09:01:30'), programs.oneDrive, {
    parent: session.desktop,
    arguments: '/background',
  });
  for (const time of moments(random, '09:04', '17:26', 420_000)) {
    stage.contact(time, sync, destinations.fileSync);
    for (let file = random.integer(0, 3); file > 0; file -= 1) {
      const path = random.chance(0.15) ? random.pick(summaries) : random.pick(documents);
      stage.act(time + 300 * file, sync, { kind: 'read', path });
    }
    const path = `${home}\\AppData\\Local\\Microsoft\\OneDrive\\logs\\Business1\\SyncEngine-${random.hex(6)}.odl`;
    stage.act(time + 1_500, sync, { kind: 'create', path });
  }
}

/** Excel with protected sheets, opened by a double click. */
function openSheets(
  { stage, random }: Part,
  session: Session,
  start: EventTime,
  paths: readonly string[],
): void {
  let time = start;
  const [first = summaries[0]] = paths;
  const excel = stage.launch(time, programs.excel, {
    parent: session.desktop,
    arguments: `"${first}"`,
  });
  for (const path of paths) {
    stage.act((time += random.integer(700, 1_400)), excel, { kind: 'read', path });
    const lock = path.replace(/\\([^\\]+)$/, '\\~$$$1');
    stage.act(time + 130, excel, { kind: 'create', path: lock });
    time += random.integer(25_000, 80_000);
    stage.act(time, excel, { kind: 'copy', digest: random.hex(16) });
    stage.act(time + 900, excel, { kind: 'delete', path: lock, executable: false });
  }
  stage.exit(time + 30_000, excel);
}

/** Explorer shows a folder and reads the files for their icons and columns. */
function browse({ stage, random }: Part, session: Session): void {
  for (const [start, paths] of [
    [at('10:40:30'), summaries],
    [at('14:33:10'), payroll.slice(12, 24)],
    [at('15:58'), documents.slice(1, 9)],
  ] as const) {
    let time = start;
    for (const path of paths) {
      stage.act((time += random.integer(20, 240)), session.desktop, { kind: 'read', path });
    }
  }
}

function writeDocuments({ stage, random }: Part, session: Session): void {
  for (const start of [at('11:12'), at('13:50'), at('16:45')]) {
    const path = random.pick(documents);
    const word = stage.launch(start, programs.word, {
      parent: session.desktop,
      arguments: `/n "${path}"`,
    });
    stage.act(start + 900, word, { kind: 'read', path });
    for (let save = 1; save <= 5; save += 1) {
      const draft = `${home}\\AppData\\Roaming\\Microsoft\\Word\\AutoRecovery ${random.hex(4)}.asd`;
      stage.act(start + save * 120_000, word, { kind: 'create', path: draft });
    }
    stage.exit(start + 15 * 60_000, word);
  }
}
