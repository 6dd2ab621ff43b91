import type { Program } from '../../action.ts';
import { home } from './day.ts';

const windows = 'Microsoft® Windows® Operating System';
const microsoft = 'Microsoft Corporation';
const build = '10.0.26100.3037 (WinBuild.160101.0800)';
const system = 'C:\\Windows\\System32';

function part(path: string, description: string, libraries: readonly string[] = []): Program {
  const originalName = path.slice(path.lastIndexOf('\\') + 1);
  return {
    path,
    description,
    product: windows,
    company: microsoft,
    version: build,
    originalName,
    libraries,
  };
}

/** Programs of Windows itself. */
export const kernel: Program = part('System', '-');
export const sessionManager: Program = part(`${system}\\smss.exe`, 'Windows Session Manager');
export const subsystem: Program = part(`${system}\\csrss.exe`, 'Client Server Runtime Process');
export const startup: Program = part(`${system}\\wininit.exe`, 'Windows Start-Up Application');
export const services: Program = part(`${system}\\services.exe`, 'Services and Controller app');
export const authority: Program = part(`${system}\\lsass.exe`, 'Local Security Authority Process');
export const logon: Program = part(`${system}\\winlogon.exe`, 'Windows Logon Application');
export const userInit: Program = part(`${system}\\userinit.exe`, 'Userinit Logon Application');
export const desktop: Program = part('C:\\Windows\\explorer.exe', 'Windows Explorer');
export const serviceHost: Program = part(`${system}\\svchost.exe`, 'Host Process for Services');
export const taskHost: Program = part(`${system}\\taskhostw.exe`, 'Host Process for Windows Tasks');
export const comHost: Program = part(`${system}\\dllhost.exe`, 'COM Surrogate');
export const broker: Program = part(`${system}\\RuntimeBroker.exe`, 'Runtime Broker');
export const backgroundTask: Program = part(
  `${system}\\backgroundTaskHost.exe`,
  'Background Task Host',
);
export const managementHost: Program = part(`${system}\\wbem\\WmiPrvSE.exe`, 'WMI Provider Host', [
  `${system}\\wbem\\fastprox.dll`,
]);
export const indexer: Program = part(
  `${system}\\SearchIndexer.exe`,
  'Microsoft Windows Search Indexer',
);
export const indexReader: Program = part(
  `${system}\\SearchProtocolHost.exe`,
  'Microsoft Windows Search Protocol Host',
);
export const commandShell: Program = {
  ...part(`${system}\\cmd.exe`, 'Windows Command Processor'),
  originalName: 'Cmd.Exe',
};
export const powerShell: Program = {
  ...part(`${system}\\WindowsPowerShell\\v1.0\\powershell.exe`, 'Windows PowerShell', [
    'C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\clr.dll',
    `${system}\\amsi.dll`,
  ]),
  originalName: 'PowerShell.EXE',
};
export const windowsCurl: Program = {
  ...part(`${system}\\curl.exe`, 'The curl executable'),
  product: 'The curl executable',
  company: 'curl, https://curl.se/',
  version: '8.10.1',
};
export const registryTool: Program = part(`${system}\\reg.exe`, 'Registry Console Tool');

function product(
  path: string,
  name: string,
  company: string,
  version: string,
  libraries: readonly string[] = [],
): Program {
  const originalName = path.slice(path.lastIndexOf('\\') + 1);
  return { path, description: name, product: name, company, version, originalName, libraries };
}

const office = 'C:\\Program Files\\Microsoft Office\\root\\Office16';
const officeVersion = '16.0.18429.20158';
const officeLibraries: readonly string[] = [
  'C:\\Program Files\\Common Files\\Microsoft Shared\\OFFICE16\\MSO.DLL',
];

/** What people in the office use. */
export const outlook: Program = product(
  `${office}\\OUTLOOK.EXE`,
  'Microsoft Outlook',
  microsoft,
  officeVersion,
  officeLibraries,
);
export const excel: Program = product(
  `${office}\\EXCEL.EXE`,
  'Microsoft Excel',
  microsoft,
  officeVersion,
  officeLibraries,
);
export const word: Program = product(
  `${office}\\WINWORD.EXE`,
  'Microsoft Word',
  microsoft,
  officeVersion,
  officeLibraries,
);
const teamsFolder =
  'C:\\Program Files\\WindowsApps\\MSTeams_25017.203.3370.1174_x64__8wekyb3d8bbwe';
export const teams: Program = product(
  `${teamsFolder}\\ms-teams.exe`,
  'Microsoft Teams',
  microsoft,
  '25017.203.3370.1174',
);
export const webView: Program = product(
  'C:\\Program Files (x86)\\Microsoft\\EdgeWebView\\Application\\133.0.3065.82\\msedgewebview2.exe',
  'Microsoft Edge WebView2',
  microsoft,
  '133.0.3065.82',
);
export const oneDrive: Program = product(
  'C:\\Program Files\\Microsoft OneDrive\\OneDrive.exe',
  'Microsoft OneDrive',
  microsoft,
  '25.020.0202.0001',
);
const defenderFolder = 'C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.25010.11-0';
export const defender: Program = product(
  `${defenderFolder}\\MsMpEng.exe`,
  'Antimalware Service Executable',
  microsoft,
  '4.18.25010.11',
);
export const defenderTool: Program = product(
  `${defenderFolder}\\MpCmdRun.exe`,
  'Microsoft Malware Protection Command Line Utility',
  microsoft,
  '4.18.25010.11',
);
export const chrome: Program = product(
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'Google Chrome',
  'Google LLC',
  '133.0.6943.127',
);
export const backup: Program = product('C:\\Program Files\\restic\\restic.exe', '-', '-', '-');

/** What developers use. */
const codeFolder = `${home}\\AppData\\Local\\Programs\\Microsoft VS Code`;
export const editor: Program = product(
  `${codeFolder}\\Code.exe`,
  'Visual Studio Code',
  microsoft,
  '1.97.2',
);
const terminalFolder =
  'C:\\Program Files\\WindowsApps\\Microsoft.WindowsTerminal_1.22.10352.0_x64__8wekyb3d8bbwe';
export const terminal: Program = product(
  `${terminalFolder}\\WindowsTerminal.exe`,
  'Windows Terminal Host',
  microsoft,
  '1.22.10352.0',
);
export const node: Program = product(
  'C:\\Program Files\\nodejs\\node.exe',
  'Node.js JavaScript Runtime',
  'Node.js',
  '24.14.1',
);
export const python: Program = product(
  `${home}\\AppData\\Local\\Programs\\Python\\Python313\\python.exe`,
  'Python',
  'Python Software Foundation',
  '3.13.2',
  [`${home}\\AppData\\Local\\Programs\\Python\\Python313\\python313.dll`],
);
const gitFolder = 'C:\\Program Files\\Git';
const gitProject = 'The Git Development Community';
export const git: Program = product(
  `${gitFolder}\\mingw64\\bin\\git.exe`,
  'Git for Windows',
  gitProject,
  '2.48.1.1',
);
export const gitHttps: Program = product(
  `${gitFolder}\\mingw64\\libexec\\git-core\\git-remote-https.exe`,
  'Git for Windows',
  gitProject,
  '2.48.1.1',
);
export const gitBash: Program = product(
  `${gitFolder}\\bin\\bash.exe`,
  'Git for Windows',
  gitProject,
  '2.48.1.1',
);
export const bash: Program = product(`${gitFolder}\\usr\\bin\\bash.exe`, '-', '-', '-');
export const base64: Program = product(`${gitFolder}\\usr\\bin\\base64.exe`, '-', '-', '-');
export const sshClient: Program = product(
  'C:\\Windows\\System32\\OpenSSH\\ssh.exe',
  'OpenSSH for Windows',
  '-',
  '9.5.4.1',
);

/** The agents. */
export const claudeDesktop: Program = product(
  `${home}\\AppData\\Local\\AnthropicClaude\\app-1.2.3\\claude.exe`,
  'Claude',
  'Anthropic, PBC',
  '1.2.3',
);
export const claudeCode: Program = product(
  `${home}\\.local\\share\\claude\\versions\\2.1.0\\claude.exe`,
  'Claude Code',
  'Anthropic, PBC',
  '2.1.0',
);
export const search: Program = product(
  `${home}\\.local\\share\\claude\\versions\\2.1.0\\vendor\\ripgrep\\x64-win32\\rg.exe`,
  '-',
  '-',
  '-',
);
