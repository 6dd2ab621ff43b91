import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { ProcessFacts } from '../../src/event/event.ts';
import { agentKinds } from '../../src/policy/agents.ts';
import { readPolicy } from '../../src/policy/read.ts';

const path = resolve(import.meta.dirname, '../../rules/lists/agents.yml');
const { policy } = readPolicy([{ path, text: readFileSync(path, 'utf8') }]);

const npm = '/usr/lib/node_modules';
const local = 'C:\\Users\\ana\\AppData\\Local';

// [image, command line, signer, agent]
const table: readonly (readonly [
  string,
  string | undefined,
  string | undefined,
  string | undefined,
])[] = [
  ['/usr/bin/claude', undefined, undefined, 'claude_code'],
  ['/home/ana/.local/share/claude/versions/2.1.0', undefined, undefined, 'claude_code'],
  ['C:\\Users\\ana\\.local\\bin\\claude.exe', undefined, undefined, 'claude_code'],
  [
    'C:\\Users\\ana\\.local\\share\\claude\\versions\\2.1.0\\claude.exe',
    undefined,
    undefined,
    'claude_code',
  ],
  [
    '\\Device\\HarddiskVolume3\\Users\\ana\\.local\\bin\\claude.exe',
    undefined,
    undefined,
    'claude_code',
  ],
  ['/usr/bin/node', `node ${npm}/@anthropic-ai/claude-code/cli.js -p`, undefined, 'claude_code'],
  ['/usr/bin/node', 'node /usr/local/bin/claude', undefined, 'claude_code'],
  ['/usr/bin/node', 'node server.js', undefined, undefined],
  ['/usr/bin/node', undefined, undefined, undefined],
  ['/usr/bin/node', 'npm install -g @anthropic-ai/claude-code', undefined, undefined],
  [`${local}\\AnthropicClaude\\app-1.2.3\\claude.exe`, undefined, undefined, 'claude_desktop'],
  [
    'C:\\Program Files\\WindowsApps\\Claude_1.0_x64__pzs8sxrjxfjjc\\app\\claude.exe',
    undefined,
    undefined,
    'claude_desktop',
  ],
  ['/Applications/Claude.app/Contents/MacOS/Claude', undefined, undefined, 'claude_desktop'],
  [
    '/Applications/Claude.app/Contents/Frameworks/Claude Helper.app/Contents/MacOS/Claude Helper',
    undefined,
    undefined,
    'claude_desktop',
  ],
  ['D:\\Portable\\claude.exe', undefined, 'Anthropic, PBC', 'claude_desktop'],
  ['D:\\Portable\\claude.exe', undefined, 'Someone Else', undefined],
  ['D:\\Portable\\claude.exe', undefined, undefined, undefined],
  ['/tmp/claude', undefined, undefined, undefined],
  ['claude', undefined, undefined, undefined],
  ['/Applications/Cursor.app/Contents/MacOS/Cursor', undefined, undefined, 'cursor'],
  [`${local}\\Programs\\cursor\\Cursor.exe`, undefined, undefined, 'cursor'],
  ['/home/ana/.cursor-server/bin/abc/node', undefined, undefined, 'cursor'],
  ['/usr/local/bin/codex', undefined, undefined, 'codex'],
  ['/usr/bin/node', `node ${npm}/@openai/codex/bin/codex.js`, undefined, 'codex'],
  ['/usr/bin/node', `node ${npm}/@google/gemini-cli/dist/index.js`, undefined, 'gemini_cli'],
  ['/usr/bin/node', `node ${npm}/@github/copilot/index.js`, undefined, 'copilot_cli'],
  ['/usr/local/bin/copilot', 'copilot svc deploy', undefined, undefined],
  ['/Applications/Windsurf.app/Contents/MacOS/Electron', undefined, undefined, 'windsurf'],
  ['/usr/bin/node', `node ${npm}/openclaw/dist/index.js`, undefined, 'openclaw'],
  ['/home/ana/.opencode/bin/opencode', undefined, undefined, 'opencode'],
  ['/home/ana/.local/bin/goose', undefined, undefined, 'goose'],
  ['/usr/local/bin/goose', 'goose postgres up', undefined, undefined],
  ['/usr/bin/python3.12', 'python3 /home/ana/.venv/bin/aider src', undefined, 'aider'],
  // Names that others bear as well.
  ['C:\\Program Files\\Microsoft VS Code\\Code.exe', undefined, undefined, undefined],
  ['/usr/share/code/code', '/usr/share/code/code --type=renderer', undefined, undefined],
  ['/usr/bin/code', 'code notes.txt', undefined, undefined],
  ['/usr/local/bin/jan', 'jan', undefined, undefined],
  ['C:\\tools\\jan.exe', undefined, undefined, undefined],
  ['/usr/bin/copilot', 'copilot', undefined, undefined],
  ['/usr/bin/goose', undefined, undefined, undefined],
  ['/usr/bin/zed', undefined, undefined, undefined],
  ['/usr/bin/amp', undefined, undefined, undefined],
  ['C:\\Games\\claude.exe', undefined, 'Q6L2SF6YDW', 'claude_desktop'],
  // Interpreters, by what they run.
  ['/usr/bin/python3', 'pip install crewai langchain', undefined, undefined],
  ['/usr/bin/python3', 'python3 train.py --model langchain', undefined, undefined],
  ['/usr/bin/python3', 'python3 /home/ana/.venv/bin/crewai run', undefined, 'agent_framework'],
  ['/usr/bin/node', 'npm exec @modelcontextprotocol/server-github', undefined, 'mcp_server'],
  ['/usr/bin/node', 'npm view mcp-server', undefined, undefined],
  ['/usr/bin/python3', 'python3 -m mcp_server_fetch', undefined, 'mcp_server'],
  ['/home/ana/.local/bin/uvx', 'uvx mcp-server-git', undefined, 'mcp_server'],
  ['/usr/bin/node', `node ${npm}/cline/dist/cli.mjs`, undefined, 'cline'],
  ['/usr/bin/node', `node ${npm}/@continuedev/cli/dist/cn.js`, undefined, 'continue'],
  ['/usr/bin/node', `node ${npm}/@sourcegraph/amp/dist/main.js`, undefined, 'amp'],
  // The same agent on each system.
  [
    `${local}\\AnthropicClaude\\app-1.2.3\\resources\\cowork-svc.exe`,
    undefined,
    undefined,
    'claude_cowork',
  ],
  ['D:\\x\\cowork-svc.exe', undefined, 'Anthropic, PBC', 'claude_cowork'],
  ['D:\\x\\cowork-svc.exe', undefined, undefined, undefined],
  [`${local}\\Programs\\Ollama\\ollama.exe`, undefined, undefined, 'model_runtime'],
  ['/Applications/Ollama.app/Contents/Resources/ollama', undefined, undefined, 'model_runtime'],
  ['/usr/local/bin/ollama', 'ollama serve', undefined, 'model_runtime'],
  ['/tmp/ollama', 'ollama serve', undefined, undefined],
  [`${local}\\Programs\\jan\\Jan.exe`, undefined, undefined, 'model_runtime'],
  ['/Applications/Jan.app/Contents/MacOS/Jan', undefined, undefined, 'model_runtime'],
  [`${local}\\Programs\\Kiro\\Kiro.exe`, undefined, undefined, 'kiro'],
  ['/Applications/Kiro.app/Contents/MacOS/Electron', undefined, undefined, 'kiro'],
  ['/usr/share/kiro/kiro', undefined, undefined, 'kiro'],
  [
    'C:\\Program Files\\Microsoft VS Code\\Code.exe',
    'Code.exe --type=utility --vscode-utility-kind=extension-host',
    undefined,
    'vscode_copilot',
  ],
  [
    '/home/ana/.vscode-server/bin/abc/node',
    'node out/bootstrap-fork --type=extensionHost',
    undefined,
    'vscode_copilot',
  ],
];

function facts(
  executable: string,
  commandLine: string | undefined,
  signer: string | undefined,
): ProcessFacts {
  return {
    executable,
    ...(commandLine === undefined ? {} : { commandLine }),
    ...(signer === undefined ? {} : { signer }),
  };
}

describe('agent inventory', () => {
  for (const [image, commandLine, signer, agent] of table) {
    const more = [commandLine, signer].filter((text) => text !== undefined).join(', ');
    it(`${image}${more === '' ? '' : ` (${more})`} is ${agent ?? 'no agent'}`, () => {
      expect(policy.agent(facts(image, commandLine, signer))).to.equal(agent);
    });
  }

  it('a process without an image is no agent', () => {
    expect(policy.agent({ commandLine: 'claude' })).to.equal(undefined);
  });

  it('gives the same answer when more images come than it remembers', () => {
    for (let n = 0; n < 5000; n += 1) {
      expect(policy.agent({ executable: `/opt/tool-${String(n)}/run` })).to.equal(undefined);
    }
    expect(policy.agent({ executable: '/usr/bin/claude' })).to.equal('claude_code');
    expect(policy.agent({ executable: '/usr/bin/claude' })).to.equal('claude_code');
  });

  it('reads a command line of megabytes only up to its limit', () => {
    const commandLine = `node ${'x'.repeat(2_000_000)} ${npm}/@openai/codex/bin/codex.js`;
    expect(policy.agent({ executable: '/usr/bin/node', commandLine })).to.equal(undefined);
  });
});

describe('the bundled inventory', () => {
  const { agents, policy: read } = readPolicy([{ path, text: readFileSync(path, 'utf8') }]);

  it('has what the field runs, and says of each how it works', () => {
    const ids = agents.map(({ id }) => id);
    for (const id of [
      ...['claude_desktop', 'claude_cowork', 'claude_code', 'cursor', 'windsurf', 'vscode_copilot'],
      ...['copilot_cli', 'codex', 'gemini_cli', 'opencode', 'goose', 'zed', 'amp', 'kiro', 'aider'],
      ...['cline', 'continue', 'openclaw', 'model_runtime', 'mcp_server', 'agent_framework'],
    ]) {
      expect(ids, id).to.include(id);
    }
    expect(new Set(agents.map(({ kind }) => kind))).to.deep.equal(new Set(agentKinds));
  });

  it('says that the guest of Cowork is invisible', () => {
    expect(agents.find(({ id }) => id === 'claude_cowork')?.note).to.match(/no sensor on the host/);
  });

  it('gives the paths of every agent that keeps any', () => {
    const without = agents.filter(({ statePaths, configPaths }) => {
      return statePaths.length + configPaths.length === 0;
    });
    expect(without.map(({ id }) => id)).to.deep.equal(['cody', 'mcp_server', 'agent_framework']);
  });

  it('fills the lists of paths that rules ask for', () => {
    expect(read.list('agent_config_paths')).to.include('*/.claude/settings*.json');
    expect(read.list('agent_state_paths')).to.include('*/Library/Application Support/Claude/*');
  });

  it('knows who acts for the agent that started it', () => {
    for (const id of ['mcp_server', 'agent_framework', 'model_runtime']) {
      expect(read.actsForStarter?.(id), id).to.equal(true);
    }
    expect(read.actsForStarter?.('claude_code')).to.equal(false);
  });
});

function inventory(identity: string): ReturnType<typeof readPolicy> {
  const text = `agents:\n  - id: own\n    identities:\n      - ${identity}`;
  return readPolicy([{ path: 'own.yml', text }]);
}

describe('an agent', () => {
  const described = (keys: string): ReturnType<typeof readPolicy> =>
    readPolicy([
      {
        path: 'own.yml',
        text: `agents:\n  - { id: own, identities: [{ source: s, image: ['/o/a'] }], ${keys} }`,
      },
    ]);
  // [more keys, problem]
  const table: readonly (readonly [string, string | undefined])[] = [
    ["paths_source: s, state: { linux: ['/o/s/*'] }", undefined],
    ["state: { linux: ['/o/s/*'] }", 'policy-missing-key'],
    ["paths_source: s, config: { plan9: ['/o'] }", 'policy-unknown-key'],
    ["paths_source: s, config: ['/o']", 'policy-wrong-type'],
    ["paths_source: s, config: { any: ['C:\\o\\*'] }", 'policy-escaped-wildcard'],
    ['kind: robot', 'policy-wrong-type'],
    ['kind: editor', undefined],
  ];
  for (const [keys, problem] of table) {
    it(`with ${keys} ${problem === undefined ? 'is sound' : `is refused: ${problem}`}`, () => {
      const codes = described(keys).problems.map(({ code }) => code);
      expect(codes).to.deep.equal(problem === undefined ? [] : [problem]);
    });
  }

  it("adds an organisation's paths to the lists", () => {
    const { policy: own } = described("paths_source: s, config: { linux: ['/o/c'] }");
    expect(own.list('agent_config_paths')).to.deep.equal(['/o/c']);
    expect(own.list('agent_state_paths')).to.deep.equal([]);
  });
});

describe('an identity', () => {
  // [identity, problem]
  const identities: readonly (readonly [string, string | undefined])[] = [
    ["{ source: s, image: ['/opt/house/agent'] }", undefined],
    ["{ source: s, image: ['*/agent'] }", 'policy-bare-name'],
    ["{ source: s, image: ['agent.exe'] }", 'policy-bare-name'],
    ["{ source: s, image: ['*\\agent.exe'], signer: [House] }", undefined],
    ["{ source: s, image: ['/usr/bin/node'] }", 'policy-interpreter-alone'],
    ["{ source: s, image: ['/usr/bin/python3'], signer: [PSF] }", 'policy-interpreter-alone'],
    ["{ source: s, image: ['*/node'], command_line: ['*agent.js*'] }", undefined],
    ["{ image: ['/opt/house/agent'] }", 'policy-missing-key'],
    ["{ source: s, image: ['/opt/x/y'], signer: [7] }", 'policy-wrong-type'],
    ['{ source: s }', 'policy-missing-key'],
  ];
  for (const [identity, problem] of identities) {
    it(`${identity} ${problem === undefined ? 'is enough' : `is refused: ${problem}`}`, () => {
      const codes = inventory(identity).problems.map(({ code }) => code);
      expect(codes).to.deep.equal(problem === undefined ? [] : [problem]);
    });
  }

  it('whose signers are all broken does not become one without signer', () => {
    const read = inventory("{ source: s, image: ['/opt/x/y'], signer: [7] }");
    expect(read.policy.agent({ executable: '/opt/x/y' })).to.equal(undefined);
  });

  it("an organisation's agent is asked for before ours, and can replace all of them", () => {
    const text = (extendsOurs: boolean): string => `
extends: ${String(extendsOurs)}
agents:
  - { id: house, identities: [{ source: s, image: ['/usr/bin/claude'] }] }`;
    const base = { path, text: readFileSync(path, 'utf8') };
    const both = readPolicy([base, { path: 'own.yml', text: text(true) }]).policy;
    expect(both.agent({ executable: '/usr/bin/claude' })).to.equal('house');
    expect(both.agent({ executable: '/usr/local/bin/codex' })).to.equal('codex');
    const alone = readPolicy([base, { path: 'own.yml', text: text(false) }]).policy;
    expect(alone.agent({ executable: '/usr/local/bin/codex' })).to.equal(undefined);
  });
});
