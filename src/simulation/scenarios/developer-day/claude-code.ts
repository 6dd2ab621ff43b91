import type { EventTime } from '../../../event/record.ts';
import type { Process, Program } from '../../action.ts';
import { encodeCommand, encodeText } from '../../base64.ts';
import { at, home, moments, project } from './day.ts';
import type { Part } from './day.ts';
import * as destinations from './destinations.ts';
import { packages, sources, summaries } from './files.ts';
import * as programs from './windows-programs.ts';

/** Starts the command line agent in the developer's shell. */
export function startClaudeCode({ stage }: Part, shell: Process): Process {
  return stage.launch(at('09:28:20'), programs.claudeCode, {
    parent: shell,
    commandLine: 'claude',
    directory: project,
  });
}

/** A day of honest work: it reads, searches, builds, tests, installs and pushes. */
export function workHonestly(part: Part, agent: Process): void {
  const { random, stage } = part;
  for (const [from, to] of [
    ['09:30', '10:25'],
    ['10:45', '12:20'],
    ['13:20', '15:30'],
    ['15:50', '17:15'],
  ] as const) {
    for (const time of moments(random, from, to, 110_000)) takeTurn(part, agent, time);
  }
  readOnRequest(part, agent);
  for (const time of [at('10:50'), at('14:48')]) install(part, agent, time);
  for (const time of [at('11:05'), at('13:41'), at('15:24'), at('17:02')]) push(part, agent, time);
  build(part, agent, at('15:12'));
  for (const [index, text] of ['hello harbour', '{"pilot":7}', 'quay=12'].entries()) {
    decode(part, agent, at('11:20') + index * 6_400_000, text);
  }
  stage.exit(at('17:26'), agent);
}

/** One turn: ask the model, read some files, run a tool or two, write a file, ask again. */
function takeTurn(part: Part, agent: Process, start: EventTime): void {
  const { random, stage } = part;
  let time = start;
  if (random.chance(0.25)) stage.resolve(time, agent, destinations.modelService);
  stage.connect((time += 60), agent, destinations.modelService);
  for (let file = random.integer(1, 5); file > 0; file -= 1) {
    stage.act((time += random.integer(40, 900)), agent, {
      kind: 'read',
      path: random.pick(sources),
    });
  }
  time += random.integer(1_000, 6_000);
  random.pick([searchSources, searchSources, runTests, checkStatus, checkStatus, listProcesses])(
    part,
    agent,
    time,
  );
  if (random.chance(0.4)) {
    const path = random.pick(sources).replace('.fixture.json', '.ts');
    stage.act(time + 9_000, agent, { kind: 'create', path });
  }
  stage.connect(time + 11_000, agent, destinations.modelService);
}

function searchSources({ stage, random }: Part, agent: Process, start: EventTime): void {
  const word = random.pick(['berth', 'tideAt', 'PilotOrder', 'quayIds', 'cargoClass', 'TODO']);
  const search = stage.launch(start, programs.search, {
    parent: agent,
    arguments: `--hidden --glob "!.git" --max-columns 500 -n "${word}" ${project}\\src`,
  });
  const first = random.integer(0, 120);
  let time = start + 15;
  for (const path of sources.slice(first, first + random.integer(4, 16))) {
    stage.act((time += random.integer(1, 6)), search, { kind: 'read', path });
  }
  stage.exit(time + 12, search);
}

function runTests(part: Part, agent: Process, start: EventTime): void {
  inShell(part, agent, start, 'npm test -- --reporter dot', (shell, time) => {
    const { stage, random } = part;
    const npm = stage.launch(time, programs.node, {
      parent: shell,
      arguments:
        '"C:\\Program Files\\nodejs\\node_modules\\npm\\bin\\npm-cli.js" test -- --reporter dot',
    });
    const command = stage.launch(time + 350, programs.commandShell, {
      parent: npm,
      commandLine: 'C:\\Windows\\system32\\cmd.exe /d /s /c mocha "--reporter" "dot"',
    });
    const mocha = stage.launch(time + 420, programs.node, {
      parent: command,
      arguments: `"${project}\\node_modules\\mocha\\bin\\mocha.js" --reporter dot`,
    });
    const end = time + random.integer(2_500, 9_000);
    for (const path of sources.slice(0, random.integer(4, 10))) {
      stage.act(time + 800 + random.integer(0, 900), mocha, { kind: 'read', path });
    }
    const report = `${home}\\AppData\\Local\\Temp\\mocha-${random.hex(6)}.json`;
    stage.act(end - 300, mocha, { kind: 'create', path: report });
    stage.exit(end, mocha);
    stage.exit(end + 30, command);
    stage.exit(end + 90, npm);
    return end + 110;
  });
}

function checkStatus(part: Part, agent: Process, start: EventTime): void {
  const { random, stage } = part;
  const command = random.pick(['git status --short', 'git diff --stat', 'git log --oneline -12']);
  inShell(part, agent, start, command, (shell, time) => {
    const lastsMs = random.integer(40, 160);
    stage.run(time, lastsMs, programs.git, { parent: shell, commandLine: command });
    return time + lastsMs + 5;
  });
}

/** The agent's wrapper for PowerShell hands scripts over in base64, small and harmless. */
function listProcesses({ stage, random }: Part, agent: Process, start: EventTime): void {
  const script = random.pick([
    'Get-Process node | Select-Object Id, CPU',
    'Get-NetTCPConnection -LocalPort 3000 -State Listen',
    'Get-ChildItem -Name src | Measure-Object',
  ]);
  stage.run(start, random.integer(600, 1_500), programs.powerShell, {
    parent: agent,
    arguments: `-NoProfile -NonInteractive -EncodedCommand ${encodeCommand(script)}`,
  });
}

/** The user asks for a summary of three sheets: protected files, but few, and wanted. */
function readOnRequest({ stage, random }: Part, agent: Process): void {
  for (const [start, count] of [
    [at('10:12:30'), 3],
    [at('15:10:10'), 2],
  ] as const) {
    let time = start;
    for (const path of summaries.slice(0, count)) {
      stage.act((time += random.integer(1_000, 7_000)), agent, { kind: 'read', path });
    }
    stage.contact(time + 900, agent, destinations.modelService);
  }
}

function install(part: Part, agent: Process, start: EventTime): void {
  const { random, stage } = part;
  inShell(part, agent, start, 'npm install', (shell, begun) => {
    const npm = stage.launch(begun, programs.node, {
      parent: shell,
      arguments: '"C:\\Program Files\\nodejs\\node_modules\\npm\\bin\\npm-cli.js" install',
    });
    let time = begun + 600;
    stage.contact(time, npm, destinations.packageRegistry);
    for (const name of packages) {
      for (const file of ['index.js', 'lib\\main.js', 'lib\\types.d.ts', 'bin\\cli.cmd']) {
        const path = `${project}\\node_modules\\${name}\\${file}`;
        stage.act((time += random.integer(8, 60)), npm, { kind: 'create', path });
      }
      if (random.chance(0.5)) stage.connect(time, npm, destinations.packageRegistry);
    }
    stage.exit((time += 1_800), npm);
    return time + 40;
  });
}

function push(part: Part, agent: Process, start: EventTime): void {
  const { stage } = part;
  inShell(part, agent, start, 'git push origin HEAD', (shell, time) => {
    const git = stage.launch(time, programs.git, {
      parent: shell,
      commandLine: 'git push origin HEAD',
    });
    const https = stage.launch(time + 60, programs.gitHttps, {
      parent: git,
      commandLine: 'git remote-https origin https://github.com/harbour-example/harbour-api.git',
    });
    stage.contact(time + 90, https, destinations.codeHost);
    stage.connect(time + 700, https, destinations.codeHost);
    stage.exit(time + 2_400, https);
    stage.exit(time + 2_440, git);
    return time + 2_460;
  });
}

/** A build that carries an image as a data URI: much base64, and nothing leaves. */
function build(part: Part, agent: Process, start: EventTime): void {
  const { stage } = part;
  const picture = encodeText(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">${waves(26)}</svg>`,
  );
  const command = `node tools/build-page.mjs --logo "data:image/svg+xml;base64,${picture}"`;
  inShell(part, agent, start, command, (shell, time) => {
    const node = stage.launch(time, programs.node, {
      parent: shell,
      arguments: command.slice('node '.length),
    });
    const path = `${project}\\dist\\index.html`;
    stage.act(time + 1_900, node, { kind: 'create', path });
    stage.exit(time + 2_000, node);
    return time + 2_020;
  });
}

function waves(count: number): string {
  return Array.from(
    { length: count },
    (_, wave) => `<path d="M0 ${2 * wave}c8 4 16 -4 24 0s16 4 24 0 12 -3 16 0" stroke="#0a5"/>`,
  ).join('');
}

function decode(part: Part, agent: Process, start: EventTime, text: string): void {
  const { stage } = part;
  const encoded = encodeText(text);
  inShell(part, agent, start, `echo ${encoded} | base64 -d`, (shell, time) => {
    stage.run(time, 35, programs.base64, { parent: shell, commandLine: 'base64 -d' });
    return time + 40;
  });
}

/** Runs a command as the agent's shell tool does: a shell that loads a snapshot, in a shell. */
export function inShell(
  { stage, random }: Part,
  agent: Process,
  start: EventTime,
  command: string,
  body: (shell: Process, time: EventTime) => EventTime,
): void {
  const quoted = command.replaceAll("'", `'\\''`);
  const wrapped =
    '-c -l "source /c/Users/ana/.claude/shell-snapshots/snapshot-bash-1772530100-k3v9qd.sh && ' +
    `eval '${quoted}' < /dev/null && pwd -P >| /c/Users/ana/AppData/Local/Temp/claude-${random.hex(4)}-cwd"`;
  const outer = stage.launch(start, programs.gitBash, { parent: agent, arguments: wrapped });
  const inner = stage.launch(start + 30, programs.bash, { parent: outer, arguments: wrapped });
  const end = body(inner, start + 140);
  stage.exit(end + 10, inner);
  stage.exit(end + 18, outer);
}

/** A short command of the inner shell. */
export function tool(
  { stage }: Part,
  shell: Process,
  time: EventTime,
  lastsMs: number,
  program: Program,
  commandLine: string,
): Process {
  return stage.run(time, lastsMs, program, { parent: shell, commandLine });
}
