import type { Process } from '../../action.ts';
import { at, home, moments } from './day.ts';
import type { Part } from './day.ts';
import * as destinations from './destinations.ts';
import { documents } from './files.ts';
import * as programs from './windows-programs.ts';
import type { Session } from './windows-session.ts';

/** The desktop agent and the tool servers that it started. */
export interface ClaudeDesktop {
  readonly app: Process;
  /** A server that runs commands for the agent. */
  readonly commands: Process;
}

/** Starts the desktop agent with its helpers and two tool servers, and lets it work all day. */
export function startClaudeDesktop(part: Part, session: Session): ClaudeDesktop {
  const { stage, random } = part;
  const start = at('09:16');
  const app = stage.launch(start, programs.claudeDesktop, { parent: session.desktop });
  const helper = (after: number, type: string): Process =>
    stage.launch(start + after, programs.claudeDesktop, {
      parent: app,
      arguments: `--type=${type} --user-data-dir="${home}\\AppData\\Roaming\\Claude" --standard-schemes=app`,
    });
  helper(210, 'gpu-process');
  const network = helper(240, 'utility --utility-sub-type=network.mojom.NetworkService');
  helper(420, 'renderer');
  for (const time of moments(random, '09:17', '17:24', 150_000)) {
    if (random.chance(0.25)) stage.resolve(time, network, destinations.chatService);
    stage.connect(time + 80, network, destinations.chatService);
    if (random.chance(0.12)) {
      stage.act(time + 4_000, app, { kind: 'copy', digest: random.hex(16) });
    }
  }
  const files = server(part, app, start + 2_300, '@modelcontextprotocol/server-filesystem');
  for (const time of moments(random, '09:40', '17:00', 500_000)) {
    for (let file = random.integer(1, 4); file > 0; file -= 1) {
      stage.act(time + 240 * file, files, { kind: 'read', path: random.pick(documents) });
    }
  }
  return { app, commands: server(part, app, start + 2_500, 'mcp-server-commands') };
}

/** A tool server in Node, started through a command shell as the desktop agent does on Windows. */
function server({ stage }: Part, app: Process, time: number, name: string): Process {
  const shell = stage.launch(time, programs.commandShell, {
    parent: app,
    commandLine: `C:\\Windows\\system32\\cmd.exe /d /s /c "npx ^"-y^" ^"${name}^""`,
    directory: home,
  });
  const runner = stage.launch(time + 70, programs.node, {
    parent: shell,
    arguments: `"C:\\Program Files\\nodejs\\node_modules\\npm\\bin\\npx-cli.js" "-y" "${name}"`,
  });
  stage.contact(time + 900, runner, destinations.packageRegistry);
  return stage.launch(time + 2_400, programs.node, {
    parent: runner,
    arguments: `"${home}\\AppData\\Local\\npm-cache\\_npx\\a3241bba59c344f5\\node_modules\\${name.replace('/', '\\')}\\dist\\index.js" "${home}\\Documents\\Projects"`,
  });
}
