import type { Account, Program, System } from '../action.ts';
import type { AgentName } from './story.ts';

/** A program that acts in stories: where it lies, and who signed it. `~` is the home folder of the user. */
interface Part {
  readonly windows?: string;
  readonly linux?: string;
  readonly macos?: string;
  readonly company?: string;
  /** Subject on Windows, team on macOS. */
  readonly signer?: string;
  readonly team?: string;
}

const anthropic = { company: 'Anthropic, PBC', signer: 'Anthropic, PBC', team: 'Q6L2SF6YDW' };
const microsoft = { company: 'Microsoft Corporation', signer: 'Microsoft Windows' };
const office = 'C:\\Program Files\\Microsoft Office\\root\\Office16';
const git = 'C:\\Program Files\\Git';

// Only what does not lie where `elsewhere` looks. Paths of agents: rules/lists/agents.yml names their sources.
const parts: Readonly<Record<string, Part>> = {
  claude_code: {
    windows: '~\\.local\\bin\\claude.exe',
    linux: '~/.local/share/claude/versions/2.1.0',
    macos: '~/.local/share/claude/versions/2.1.0',
    ...anthropic,
  },
  claude_desktop: {
    windows: '~\\AppData\\Local\\AnthropicClaude\\app-1.2.3\\claude.exe',
    macos: '/Applications/Claude.app/Contents/MacOS/Claude',
    ...anthropic,
  },
  codex: {
    windows:
      '~\\AppData\\Roaming\\npm\\node_modules\\@openai\\codex\\vendor\\x86_64-pc-windows-msvc\\codex\\codex.exe',
    linux: '/usr/local/bin/codex',
    macos: '/opt/homebrew/bin/codex',
    company: 'OpenAI',
    signer: 'OpenAI OpCo, LLC',
    team: '2DC432GLL2',
  },
  cursor: {
    windows: '~\\AppData\\Local\\Programs\\cursor\\Cursor.exe',
    linux: '/usr/share/cursor/cursor',
    macos: '/Applications/Cursor.app/Contents/MacOS/Cursor',
    company: 'Anysphere, Inc.',
    signer: 'Anysphere, Inc.',
    team: 'VDXQ22DGB9',
  },
  gemini_cli: {
    windows: 'C:\\Program Files\\nodejs\\node.exe',
    linux: '/usr/bin/node',
    macos: '/opt/homebrew/bin/node',
    company: 'Node.js',
    signer: 'OpenJS Foundation',
    team: 'HX7739G8FX',
  },
  node: {
    windows: 'C:\\Program Files\\nodejs\\node.exe',
    linux: '/usr/bin/node',
    macos: '/opt/homebrew/bin/node',
    company: 'Node.js',
    signer: 'OpenJS Foundation',
    team: 'HX7739G8FX',
  },
  python: {
    windows: '~\\AppData\\Local\\Programs\\Python\\Python313\\python.exe',
    linux: '/usr/bin/python3.12',
    macos: '/opt/homebrew/bin/python3.13',
    company: 'Python Software Foundation',
    signer: 'Python Software Foundation',
  },
  session: {
    windows: 'C:\\Windows\\explorer.exe',
    linux: '/usr/lib/systemd/systemd',
    macos: '/sbin/launchd',
    ...microsoft,
  },
  terminal: {
    windows: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
    linux: '/usr/bin/bash',
    macos: '/bin/zsh',
    ...microsoft,
  },
  system: {
    windows: 'C:\\Windows\\System32\\services.exe',
    linux: '/usr/lib/systemd/systemd',
    macos: '/sbin/launchd',
    ...microsoft,
  },
  root: {
    windows: 'System',
    linux: '/usr/lib/systemd/systemd',
    macos: '/sbin/launchd',
  },
  powershell: {
    windows: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
    ...microsoft,
  },
  bash: { windows: `${git}\\bin\\bash.exe`, linux: '/usr/bin/bash', macos: '/bin/bash' },
  zsh: { linux: '/usr/bin/zsh', macos: '/bin/zsh' },
  sh: { windows: `${git}\\usr\\bin\\sh.exe`, linux: '/usr/bin/dash', macos: '/bin/sh' },
  git: {
    windows: `${git}\\mingw64\\bin\\git.exe`,
    company: 'The Git Development Community',
    signer: 'Johannes Schindelin',
  },
  cp: { macos: '/bin/cp' },
  cat: { macos: '/bin/cat' },
  rm: { macos: '/bin/rm' },
  ssh: { windows: 'C:\\Windows\\System32\\OpenSSH\\ssh.exe', ...microsoft },
  scp: { windows: 'C:\\Windows\\System32\\OpenSSH\\scp.exe', ...microsoft },
  rclone: { windows: 'C:\\Program Files\\rclone\\rclone.exe', macos: '/opt/homebrew/bin/rclone' },
  restic: { windows: 'C:\\Program Files\\restic\\restic.exe', macos: '/opt/homebrew/bin/restic' },
  rg: {
    windows: '~\\.local\\share\\claude\\vendor\\ripgrep\\x64-win32\\rg.exe',
    linux: '~/.local/share/claude/vendor/ripgrep/x64-linux/rg',
    macos: '~/.local/share/claude/vendor/ripgrep/arm64-darwin/rg',
  },
  npm: {
    windows: 'C:\\Program Files\\nodejs\\node.exe',
    linux: '/usr/bin/node',
    macos: '/opt/homebrew/bin/node',
    signer: 'OpenJS Foundation',
    team: 'HX7739G8FX',
  },
  npx: {
    windows: 'C:\\Program Files\\nodejs\\node.exe',
    linux: '/usr/bin/node',
    macos: '/opt/homebrew/bin/node',
    signer: 'OpenJS Foundation',
    team: 'HX7739G8FX',
  },
  ollama: {
    windows: '~\\AppData\\Local\\Programs\\Ollama\\ollama.exe',
    linux: '/usr/local/bin/ollama',
    macos: '/Applications/Ollama.app/Contents/Resources/ollama',
    company: 'Ollama Inc.',
    signer: 'Ollama Inc.',
    team: '3MU9H2V9Y9',
  },
  editor: {
    windows: '~\\AppData\\Local\\Programs\\Microsoft VS Code\\Code.exe',
    linux: '/usr/share/code/code',
    macos: '/Applications/Visual Studio Code.app/Contents/MacOS/Electron',
    company: 'Microsoft Corporation',
    signer: 'Microsoft Corporation',
    team: 'UBF8T346G9',
  },
  spreadsheet: {
    windows: `${office}\\EXCEL.EXE`,
    linux: '/usr/lib/libreoffice/program/soffice.bin',
    macos: '/Applications/Microsoft Excel.app/Contents/MacOS/Microsoft Excel',
    company: 'Microsoft Corporation',
    signer: 'Microsoft Corporation',
    team: 'UBF8T346G9',
  },
  cc: {
    windows: 'C:\\msys64\\ucrt64\\bin\\gcc.exe',
    linux: '/usr/bin/gcc',
    macos: '/usr/bin/clang',
  },
};

const windowsOwn: ReadonlySet<string> = new Set(
  (
    'cmd reg curl tar whoami net net1 schtasks sc clip certutil bitsadmin robocopy xcopy wmic ' +
    'winrs tasklist nslookup ipconfig systeminfo rundll32 svchost taskhostw findstr print wevtutil'
  ).split(' '),
);
const macBin: ReadonlySet<string> = new Set('bash cat cp echo ls mv ps rm sh sleep zsh'.split(' '));
const macBrew: ReadonlySet<string> = new Set('gh rclone aws gcloud wget gpg mutt 7z'.split(' '));

/** Where this system keeps a program that the cast has no path for. */
function elsewhere(name: string, system: System): string {
  if (system === 'linux') return `/usr/bin/${name}`;
  if (system === 'macos') {
    if (macBin.has(name)) return `/bin/${name}`;
    return macBrew.has(name) ? `/opt/homebrew/bin/${name}` : `/usr/bin/${name}`;
  }
  return windowsOwn.has(name)
    ? `C:\\Windows\\System32\\${name}.exe`
    : `${git}\\usr\\bin\\${name}.exe`;
}

/** The program of a name, or of a path that the story gives. */
export function programOf(named: string, system: System, home: string): Program {
  const part = Object.hasOwn(parts, named) ? parts[named] : undefined;
  const isPath = /[\\/]/.test(named);
  const path = isPath ? named : (part?.[system] ?? elsewhere(named, system)).replace(/^~/, home);
  const file = fileName(path);
  const isOfWindows = system === 'windows' && /^C:\\Windows\\/i.test(path);
  return {
    path,
    description: file.replace(/\.exe$/i, ''),
    product: isOfWindows ? 'Microsoft® Windows® Operating System' : file,
    company: isOfWindows ? microsoft.company : (part?.company ?? '-'),
    version: '1.0.0.0',
    originalName: file,
    ...signature(path, system, part),
  };
}

function signature(
  path: string,
  system: System,
  part: Part | undefined,
): Pick<Program, 'signer' | 'signingId' | 'teamId'> {
  if (system === 'windows') {
    const signer = /^C:\\Windows\\/i.test(path) ? microsoft.signer : part?.signer;
    return signer === undefined ? {} : { signer };
  }
  if (system === 'linux') return {};
  const file = fileName(path);
  if (/^\/(?:usr\/(?!local)|bin\/|sbin\/|System\/)/.test(path)) {
    return { signer: 'Software Signing', signingId: `com.apple.${file}` };
  }
  const team = part?.team;
  if (team === undefined) return {};
  return { signer: `Developer ID Application (${team})`, signingId: file, teamId: team };
}

/** True where this agent exists. */
export function isOn(agent: AgentName, system: System): boolean {
  return parts[agent]?.[system] !== undefined;
}

/** How an agent is started: by a person in a terminal, or from the desktop. */
export function agentCommand(agent: AgentName, program: Program, home: string): string {
  switch (agent) {
    case 'claude_code':
      return 'claude';
    case 'codex':
      return 'codex';
    case 'gemini_cli':
      return program.path.includes('\\')
        ? `"${program.path}" ${home}\\AppData\\Roaming\\npm\\node_modules\\@google\\gemini-cli\\dist\\index.js`
        : `node ${home}/.npm-global/lib/node_modules/@google/gemini-cli/dist/index.js`;
    case 'claude_desktop':
    case 'cursor':
      return program.path.includes('\\') ? `"${program.path}"` : program.path;
  }
}

/** The shell that this agent runs commands in, and how it is called there. */
export function shellOf(
  agent: AgentName | undefined,
  system: System,
  command: string,
  home: string,
): { readonly program: string; readonly commandLine: string } {
  if (agent === 'claude_code') {
    const program = system === 'macos' ? 'zsh' : 'bash';
    const snapshots = system === 'windows' ? unixPath(home) : home;
    const snapshot = `${snapshots}/.claude/shell-snapshots/snapshot-${program}-1781000000-x7k2p1.sh`;
    const eaten = command.replaceAll("'", `'"'"'`);
    return {
      program,
      commandLine: `${program} -c -l source ${snapshot} && eval '${eaten}' < /dev/null`,
    };
  }
  if (system !== 'windows') {
    return { program: 'bash', commandLine: `bash -lc '${command.replaceAll("'", `'\\''`)}'` };
  }
  if (agent === 'codex' || agent === 'cursor') {
    return {
      program: 'powershell',
      commandLine: `powershell.exe -NoProfile -Command "${command}"`,
    };
  }
  return { program: 'cmd', commandLine: `C:\\Windows\\system32\\cmd.exe /d /s /c "${command}"` };
}

function unixPath(path: string): string {
  return `/${path.charAt(0).toLowerCase()}${path.slice(2).replaceAll('\\', '/')}`;
}

/** What follows the last separator. */
export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** Who works on the machine of a story. */
export function userAccount(name: string, system: System): Account {
  if (system === 'windows') {
    return {
      domain: 'CORP',
      name,
      id: 'S-1-5-21-1085031214-1563985344-725345543-1117',
      logon: '0x4f21c',
      session: 1,
      integrity: 'Medium',
    };
  }
  const id = system === 'macos' ? '501' : '1000';
  return { domain: '', name, id, logon: id, session: 2, integrity: 'Medium' };
}

/** The system itself. */
export function systemAccount(system: System): Account {
  if (system !== 'windows') {
    return {
      domain: '',
      name: 'root',
      id: '0',
      logon: '4294967295',
      session: 0,
      integrity: 'System',
    };
  }
  return {
    domain: 'NT AUTHORITY',
    name: 'SYSTEM',
    id: 'S-1-5-18',
    logon: '0x3e7',
    session: 0,
    integrity: 'System',
  };
}
