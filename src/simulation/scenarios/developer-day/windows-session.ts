import type { Account, Process, Program } from '../../action.ts';
import { ana, at, home, localSystem, moments, networkService } from './day.ts';
import type { Part } from './day.ts';
import * as destinations from './destinations.ts';
import { documents, payroll } from './files.ts';
import * as programs from './windows-programs.ts';

/** Processes that live all day and start others. */
export interface Session {
  readonly services: Process;
  readonly serviceHost: Process;
  readonly networkHost: Process;
  readonly scheduler: Process;
  readonly desktop: Process;
  readonly defender: Process;
}

/** The laptop starts at nine and the developer logs on. */
export function startSession({ stage, random }: Part): Session {
  const boot = at('09:00');
  const kernel = stage.found(boot, programs.kernel, 'System');
  const manager = stage.launch(boot + 40, programs.sessionManager, { parent: kernel });
  stage.launch(boot + 320, programs.subsystem, { parent: manager });
  const startup = stage.launch(boot + 410, programs.startup, { parent: manager });
  const services = stage.launch(boot + 640, programs.services, { parent: startup });
  const authority = stage.launch(boot + 690, programs.authority, { parent: startup });
  const logon = stage.launch(boot + 720, programs.logon, { parent: manager });
  const host = (after: number, group: string, account = localSystem): Process =>
    stage.launch(boot + after, programs.serviceHost, {
      parent: services,
      account,
      commandLine: `${programs.serviceHost.path} -k ${group}`,
    });
  const serviceHost = host(900, 'DcomLaunch -p');
  const networkHost = host(1_010, 'NetworkService -p -s Dnscache', networkService);
  const scheduler = host(1_130, 'netsvcs -p -s Schedule');
  for (const group of ['netsvcs -p -s Winmgmt', 'UnistackSvcGroup', 'LocalService -p', 'wsappx']) {
    host(1_200 + random.integer(0, 900), group);
  }
  const defender = stage.launch(boot + 2_400, programs.defender, { parent: services });
  const indexer = stage.launch(boot + 2_900, programs.indexer, { parent: services });
  index({ stage, random }, indexer);
  stage.contact(boot + 9_000, authority, destinations.domainController);
  const userInit = stage.launch(boot + 11_000, programs.userInit, {
    parent: logon,
    account: ana,
    directory: 'C:\\Windows\\system32\\',
  });
  const desktop = stage.launch(boot + 11_400, programs.desktop, {
    parent: userInit,
    commandLine: 'C:\\Windows\\Explorer.EXE',
  });
  stage.exit(boot + 38_000, userInit);
  return { services, serviceHost, networkHost, scheduler, desktop, defender };
}

/** What Windows does by itself all day long. */
export function background(part: Part, session: Session): void {
  const { random, stage } = part;
  for (const time of moments(random, '09:02', '17:28', 95_000)) housekeeping(part, session, time);
  for (const time of moments(random, '09:01', '17:29', 70_000)) {
    stage.act(time, session.serviceHost, {
      kind: 'set',
      key: `HKLM\\System\\CurrentControlSet\\Services\\bam\\State\\UserSettings\\${ana.id}\\${random.integer(1, 60)}`,
      value: 'Binary Data',
    });
  }
  for (const time of moments(random, '09:01', '17:29', 100_000)) {
    stage.act(time, session.desktop, {
      kind: 'set',
      key: `HKU\\${ana.id}\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs\\${random.integer(0, 20)}`,
      value: 'Binary Data',
    });
  }
  for (const time of moments(random, '09:01', '17:29', 120_000)) {
    stage.contact(time, session.networkHost, destinations.windowsTelemetry);
  }
  for (const time of moments(random, '09:05', '17:25', 1_500_000)) {
    stage.contact(time, session.serviceHost, destinations.windowsUpdate);
    stage.contact(time + 2_000, session.defender, destinations.cloudProtection);
    stage.act(time + 2_900, session.defender, {
      kind: 'create',
      path: `C:\\ProgramData\\Microsoft\\Windows Defender\\Scans\\mpcache-${random.hex(8)}.bin`,
    });
  }
  for (const time of moments(random, '09:10', '17:20', 900_000)) {
    stage.act(time, session.defender, { kind: 'open', target: session.desktop, mask: 0x1410 });
  }
}

interface Chore {
  readonly program: Program;
  readonly rest: string;
  readonly account: Account;
}

const chores: readonly [Chore, ...Chore[]] = [
  { program: programs.taskHost, rest: '', account: ana },
  {
    program: programs.comHost,
    rest: '/Processid:{AB8902B4-09CA-4BB6-B78D-A8F59079A8D5}',
    account: ana,
  },
  { program: programs.broker, rest: '-Embedding', account: ana },
  {
    program: programs.backgroundTask,
    rest: '-ServerName:App.AppXmtcan0h2tfbfy7k9kn8hbxb6dmzz1zh0.mca',
    account: ana,
  },
  { program: programs.managementHost, rest: '-secured -Embedding', account: networkService },
  {
    program: programs.defenderTool,
    rest: '-IdleTask -TaskName WdCacheMaintenance',
    account: localSystem,
  },
];

function housekeeping({ stage, random }: Part, session: Session, time: number): void {
  const parent = random.chance(0.3) ? session.scheduler : session.serviceHost;
  const { program, rest, account } = random.pick(chores);
  const lastsMs = random.integer(4_000, 110_000);
  const commandLine = `${program.path} ${rest}`.trimEnd();
  const launched = stage.run(time, lastsMs, program, { parent, account, commandLine });
  if (random.chance(0.25)) {
    stage.act(time + 900, session.serviceHost, { kind: 'open', target: launched, mask: 0x1000 });
  }
}

/** The search index reads what has changed, protected folders too. */
function index({ stage, random }: Part, indexer: Process): void {
  for (const time of moments(random, '09:20', '17:10', 2_700_000)) {
    const reader = stage.launch(time, programs.indexReader, {
      parent: indexer,
      arguments: 'Global\\UsGthrFltPipeMssGthrPipe_S-1-5-21 1 -2147483646 "Software\\Microsoft"',
    });
    for (let read = 0; read < 9; read += 1) {
      const path = random.chance(0.2)
        ? (payroll[random.integer(0, payroll.length - 1)] ?? documents[0])
        : random.pick(documents);
      stage.act(time + 400 + 350 * read, reader, { kind: 'read', path });
    }
    stage.exit(time + 64_000, reader);
  }
}

/** The nightly backup was missed, so it runs over lunch: more protected files than any thief reads. */
export function runBackup({ stage, random }: Part, session: Session): void {
  let time = at('12:31');
  const backup = stage.launch(time, programs.backup, {
    parent: session.scheduler,
    arguments: `backup ${home}\\Documents --repo rest:http://vault.corp.internal:8000/lap-7`,
    directory: 'C:\\Windows\\system32\\',
  });
  stage.contact((time += 800), backup, destinations.backupVault);
  for (const path of [...payroll, ...documents]) {
    stage.act((time += random.integer(90, 900)), backup, { kind: 'read', path });
  }
  stage.exit(time + 5_000, backup);
}
