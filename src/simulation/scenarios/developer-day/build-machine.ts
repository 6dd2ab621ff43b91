import type { EventTime } from '../../../event/record.ts';
import type { Account, Process } from '../../action.ts';
import { at, moments } from './day.ts';
import type { Part } from './day.ts';
import * as destinations from './destinations.ts';
import { linuxSources } from './files.ts';
import * as programs from './linux-programs.ts';

/** The superuser of the build machine. */
export const root: Account = {
  domain: '',
  name: 'root',
  id: '0',
  logon: '4294967295',
  session: 0,
  integrity: 'System',
};

const developer: Account = { ...root, name: 'ana', id: '1000', logon: '1000', integrity: 'Medium' };
const automation: Account = { ...root, name: 'runner', id: '998', integrity: 'Medium' };
const repository = '/home/ana/src/harbour-core';

/** The build machine: pipelines of its own, and an agent that works honestly for an hour and a half. */
export function buildMachine(part: Part): void {
  const { stage } = part;
  const init = stage.found(at('09:00'), programs.init, '/sbin/init');
  const service = (after: number, program: typeof programs.init, commandLine: string): Process =>
    stage.launch(at('09:00:02') + after, program, { parent: init, commandLine });
  const cron = service(0, programs.cron, '/usr/sbin/cron -f');
  const secureShell = service(1_000, programs.secureShell, 'sshd: /usr/sbin/sshd -D [listener]');
  service(2_000, programs.nodeExporter, '/usr/local/bin/node_exporter --web.listen-address=:9100');
  schedule(part, cron);
  buildBranches(part, init);
  workRemotely(part, secureShell);
}

function schedule({ stage, random }: Part, cron: Process): void {
  for (const time of moments(random, '09:05', '17:25', 600_000)) {
    stage.run(time, 900, programs.shell, {
      parent: cron,
      commandLine: '/bin/sh -c cd / && run-parts --report /etc/cron.hourly',
      directory: '/',
    });
  }
}

/** Pipelines, which no agent has a part in. */
function buildBranches(part: Part, init: Process): void {
  const { stage, random } = part;
  const worker = stage.launch(at('09:00:06'), programs.runner, {
    parent: init,
    account: automation,
    commandLine: '/opt/runner/bin/Runner.Worker spawnclient 118 121',
    directory: '/srv/runner',
  });
  for (const time of moments(random, '09:20', '17:00', 5_400_000)) {
    stage.connect(time, worker, destinations.codeHost);
    const script = stage.launch(time + 2_000, programs.shell, {
      parent: worker,
      commandLine: '/usr/bin/bash -e /srv/runner/_temp/step.sh',
      directory: '/srv/runner/harbour-core',
    });
    const end = compile(part, script, time + 3_000, 14);
    stage.exit(end + 1_000, script);
  }
}

function compile(
  { stage, random }: Part,
  parent: Process,
  start: EventTime,
  units: number,
): EventTime {
  const make = stage.launch(start, programs.make, { parent, commandLine: 'make -j4 all' });
  let time = start + 1_500;
  for (let unit = 0; unit < units; unit += 1) {
    const path = random.pick(linuxSources).replace(/(\.h|_test\.cc|\.txt)$/, '.cc');
    const driver = stage.launch(time, programs.compilerDriver, {
      parent: make,
      commandLine: `g++ -O2 -std=c++23 -Isrc -c ${path} -o build/${random.hex(6)}.o`,
    });
    const compiler = stage.launch(time + 1_100, programs.compiler, {
      parent: driver,
      commandLine: `${programs.compiler.path} -quiet -I src -O2 -std=c++23 ${path}`,
    });
    stage.act(time + 2_300, compiler, { kind: 'read', path });
    stage.exit(time + 6_000, compiler);
    stage.exit(time + 6_200, driver);
    time += random.integer(700, 2_500);
  }
  stage.exit(time + 8_000, make);
  return time + 8_000;
}

/** The developer logs in and lets the command line agent tidy up. */
function workRemotely(part: Part, secureShell: Process): void {
  const { stage, random } = part;
  const start = at('13:45');
  const connection = stage.launch(start, programs.secureShell, {
    parent: secureShell,
    commandLine: 'sshd: ana [priv]',
  });
  const login = stage.launch(start + 1_200, programs.shell, {
    parent: connection,
    account: developer,
    commandLine: '-bash',
    directory: '/home/ana',
  });
  const agent = stage.launch(start + 20_000, programs.claude, {
    parent: login,
    commandLine: 'claude',
    directory: repository,
  });
  for (const time of moments(random, '13:47', '15:20', 45_000)) {
    stage.connect(time, agent, destinations.modelService);
    for (let file = random.integer(2, 9); file > 0; file -= 1) {
      const path = random.pick(linuxSources);
      stage.act(time + 1_000 + 300 * file, agent, { kind: 'read', path });
    }
    useTool(part, agent, time + 6_000);
  }
  push(part, agent, at('15:21'));
  stage.exit(at('15:24'), agent);
  stage.exit(at('15:24:30'), login);
  stage.exit(at('15:24:31'), connection);
}

function useTool(part: Part, agent: Process, start: EventTime): void {
  const { stage, random } = part;
  const choice = random.next();
  if (choice < 0.4) {
    const search = stage.launch(start, programs.search, {
      parent: agent,
      commandLine: `rg --hidden -n ${random.pick(['Berth', 'tide_at', 'quay'])} src`,
    });
    const first = random.integer(0, 140);
    for (const [index, path] of linuxSources.slice(first, first + 14).entries()) {
      stage.act(start + 1_000 + 4 * index, search, { kind: 'read', path });
    }
    stage.exit(start + 1_400, search);
  } else if (choice < 0.5) {
    inShell(part, agent, start, 'make -j4 all', (shell) => compile(part, shell, start + 1_500, 5));
  } else {
    const command = random.pick(['git status --short', 'git diff', 'ls -la src']);
    inShell(part, agent, start, command, (shell) => {
      stage.run(start + 1_200, 300, programs.git, { parent: shell, commandLine: command });
      return start + 1_600;
    });
  }
}

function push(part: Part, agent: Process, start: EventTime): void {
  inShell(part, agent, start, 'git push origin HEAD', (shell) => {
    const { stage } = part;
    const git = stage.launch(start + 1_000, programs.git, {
      parent: shell,
      commandLine: 'git push origin HEAD',
    });
    const https = stage.launch(start + 2_100, programs.gitHttps, {
      parent: git,
      commandLine: `${programs.gitHttps.path} origin https://github.com/harbour-example/harbour-core.git`,
    });
    stage.connect(start + 3_200, https, destinations.codeHost);
    stage.exit(start + 6_000, https);
    stage.exit(start + 6_100, git);
    return start + 6_200;
  });
}

function inShell(
  { stage, random }: Part,
  agent: Process,
  start: EventTime,
  command: string,
  body: (shell: Process) => EventTime,
): void {
  const shell = stage.launch(start, programs.shell, {
    parent: agent,
    commandLine:
      '/bin/bash -c -l source /home/ana/.claude/shell-snapshots/snapshot-bash-1772545500-p0x2ae.sh && ' +
      `eval '${command}' < /dev/null && pwd -P >| /tmp/claude-${random.hex(4)}-cwd`,
  });
  stage.exit(body(shell) + 50, shell);
}
