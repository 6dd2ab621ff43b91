import type { Process } from '../../action.ts';
import { at, home, moments, project } from './day.ts';
import type { Part } from './day.ts';
import * as destinations from './destinations.ts';
import { sources } from './files.ts';
import * as programs from './windows-programs.ts';
import type { Session } from './windows-session.ts';

/** The developer's own tools, without any agent. Returns the shell in which the agent is started. */
export function develop(part: Part, session: Session): Process {
  edit(part, session);
  const terminal = part.stage.launch(at('09:08'), programs.terminal, { parent: session.desktop });
  const shell = part.stage.launch(at('09:08:01'), programs.powerShell, {
    parent: terminal,
    arguments: '-NoLogo',
    directory: project,
  });
  typeCommands(part, shell);
  const agentShell = part.stage.launch(at('09:28'), programs.powerShell, {
    parent: terminal,
    arguments: '-NoLogo',
    directory: project,
  });
  return agentShell;
}

function edit({ stage, random }: Part, session: Session): void {
  const start = at('09:07');
  const editor = stage.launch(start, programs.editor, {
    parent: session.desktop,
    arguments: `"${project}"`,
    directory: project,
  });
  const helper = (after: number, rest: string): Process =>
    stage.launch(start + after, programs.editor, { parent: editor, arguments: rest });
  helper(400, '--type=gpu-process');
  const network = helper(450, '--type=utility --utility-sub-type=network.mojom.NetworkService');
  helper(900, '--type=renderer --vscode-window-config=vscode:3f1c');
  const extensions = helper(1_300, '--type=utility --utility-sub-type=node.mojom.NodeService');
  const language = stage.launch(start + 4_000, programs.editor, {
    parent: extensions,
    arguments: `"${home}\\AppData\\Local\\Programs\\Microsoft VS Code\\resources\\app\\extensions\\node_modules\\typescript\\lib\\tsserver.js" --useInferredProjectPerProjectRoot`,
  });
  for (const path of sources.slice(0, 60)) {
    stage.act(start + random.integer(6_000, 30_000), language, { kind: 'read', path });
  }
  for (const time of moments(random, '09:08', '17:25', 130_000)) {
    const lastsMs = random.integer(60, 240);
    const command = random.pick([
      'status -z -uall',
      'status -z -uall',
      'for-each-ref --sort -committerdate --format %(refname)',
      'show --textconv :src/tides/service.ts',
    ]);
    stage.run(time, lastsMs, programs.git, {
      parent: extensions,
      commandLine: `git ${command}`,
      directory: project,
    });
  }
  for (const time of moments(random, '09:10', '17:20', 240_000)) {
    const name = `${random.hex(8)}-${random.hex(4)}.vsctmp`;
    stage.act(time, editor, {
      kind: 'create',
      path: `${home}\\AppData\\Roaming\\Code\\User\\History\\${name}`,
    });
    if (random.chance(0.15))
      stage.act(time + 700, editor, { kind: 'copy', digest: random.hex(16) });
  }
  for (const time of moments(random, '09:10', '17:20', 1_900_000)) {
    stage.contact(time, network, destinations.editorUpdates);
  }
}

/** What she types herself: tests, git over SSH, a look at the running server. */
function typeCommands({ stage, random }: Part, shell: Process): void {
  const directory = project;
  for (const time of moments(random, '09:15', '17:15', 700_000)) {
    stage.run(time, random.integer(3_000, 14_000), programs.node, {
      parent: shell,
      arguments: '"C:\\Program Files\\nodejs\\node_modules\\npm\\bin\\npm-cli.js" test',
      directory,
    });
  }
  for (const time of [at('09:12'), at('13:20'), at('17:05')]) {
    const pull = stage.launch(time, programs.git, {
      parent: shell,
      commandLine: 'git pull --rebase',
      directory,
    });
    const ssh = stage.launch(time + 90, programs.sshClient, {
      parent: pull,
      arguments: 'git@github.com "git-upload-pack \'harbour/harbour-api.git\'"',
    });
    stage.act(time + 130, ssh, { kind: 'read', path: `${home}\\.ssh\\id_ed25519` });
    stage.contact(time + 180, ssh, { ...destinations.codeHost, port: 22 });
    stage.exit(time + 1_600, ssh);
    stage.exit(time + 1_900, pull);
  }
  for (const time of moments(random, '10:00', '17:00', 2_400_000)) {
    const curl = stage.run(time, 220, programs.windowsCurl, {
      parent: shell,
      arguments: '-s http://localhost:3000/health',
      directory,
    });
    stage.connect(time + 40, curl, destinations.localServer);
  }
}
