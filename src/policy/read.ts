import { AgentInventory, literalFileName, namesFolder } from './agents.ts';
import type { AgentIdentity, WatchedAgent } from './agents.ts';
import type { Policy } from './policy.ts';
import type { PolicyProblem } from './problem.ts';
import { PolicyReader } from './reader.ts';
import type { Mapping, PolicyFile } from './reader.ts';
import { compileWildcard } from './wildcard.ts';

/** What the files say, and what is wrong with them. */
export interface PolicyRead {
  readonly policy: Policy;
  readonly problems: readonly PolicyProblem[];
}

// Larger lists belong into a lookup of their own; these are compiled into every rule that asks.
const VALUES_MAX = 20_000;
const VALUE_LENGTH_MAX = 1024;

const NAME = /^[A-Za-z0-9_]{1,64}$/;
const INTERPRETERS: ReadonlySet<string> = new Set(
  [
    'node',
    'python',
    'python3',
    'pythonw',
    'bun',
    'bunx',
    'deno',
    'npx',
    'electron',
    'java',
    'uv',
  ].flatMap((name) => [name, `${name}.exe`]),
);

const LIST_KEYS = ['list', 'version', 'extends', 'description', 'entries'];
const ENTRY_KEYS = ['about', 'source', 'values'];
const INVENTORY_KEYS = ['agents', 'version', 'extends', 'description'];
const AGENT_KEYS = ['id', 'title', 'vendor', 'identities'];
const IDENTITY_KEYS = ['image', 'signer', 'command_line', 'source'];

/**
 * Reads list files and agent inventories in the order given. A later file of the same list adds to it, or with
 * `extends: false` replaces it; an organisation's files come after ours. What is broken is left out and named.
 */
export function readPolicy(files: readonly PolicyFile[]): PolicyRead {
  const problems: PolicyProblem[] = [];
  const lists = new Map<string, readonly string[]>();
  let agents: readonly WatchedAgent[] = [];
  for (const file of files) {
    const reader = new PolicyReader(file, problems);
    const root = reader.root();
    if (root === undefined) continue;
    if (Object.hasOwn(root.data, 'list')) {
      readList(reader, root, lists);
    } else if (Object.hasOwn(root.data, 'agents')) {
      reader.refuseOtherKeys(root, INVENTORY_KEYS);
      const read = reader.mappings(root, 'agents').flatMap((agent) => readAgent(reader, agent));
      // The later file's agents are asked first: an organisation's own description wins.
      agents = reader.flag(root, 'extends', true) ? [...read, ...agents] : read;
    } else {
      reader.problem('policy-unknown-kind', [], 'neither a list nor an agent inventory', {
        hint: 'begin with "list: NAME" and "entries:", or with "agents:"',
      });
    }
  }
  return { policy: createPolicy(agents, lists), problems };
}

function createPolicy(
  agents: readonly WatchedAgent[],
  lists: ReadonlyMap<string, readonly string[]>,
): Policy {
  const inventory = new AgentInventory(agents);
  return {
    agent: (process) => inventory.agent(process),
    list: (placeholder) => lists.get(placeholder),
  };
}

function readList(
  reader: PolicyReader,
  root: Mapping,
  lists: Map<string, readonly string[]>,
): void {
  reader.refuseOtherKeys(root, LIST_KEYS);
  const name = reader.text(root, 'list');
  if (name === undefined) return;
  if (!NAME.test(name)) {
    reader.problem('policy-invalid-name', ['list'], `"${name}" can not be a placeholder's name`, {
      hint: 'letters, digits and underscores, at most 64',
    });
    return;
  }
  const values = new Set(reader.flag(root, 'extends', true) ? lists.get(name) : undefined);
  for (const entry of reader.mappings(root, 'entries')) {
    reader.refuseOtherKeys(entry, ENTRY_KEYS);
    reader.text(entry, 'about');
    for (const [index, value] of reader.texts(entry, 'values', true).entries()) {
      if (!isSoundValue(reader, [...entry.path, 'values', index], value)) continue;
      values.add(value);
    }
  }
  if (values.size > VALUES_MAX) {
    reader.problem('policy-too-many', [], `"${name}" has more than ${VALUES_MAX} values`);
    return;
  }
  lists.set(name, [...values]);
}

function isSoundValue(
  reader: PolicyReader,
  path: readonly (string | number)[],
  value: string,
): boolean {
  if (value.length > VALUE_LENGTH_MAX) {
    reader.problem('policy-too-many', path, `longer than ${VALUE_LENGTH_MAX} characters`);
    return false;
  }
  const escaped = compileWildcard(value).pieces.some(({ characters }) =>
    characters.some((character) => character === '*' || character === '?'),
  );
  if (escaped) {
    reader.problem('policy-escaped-wildcard', path, `"${value}" holds an escaped wildcard`, {
      hint: 'in Sigma a backslash before * makes it a plain star: write \\\\* for "in this folder"',
    });
  }
  return !escaped;
}

function readAgent(reader: PolicyReader, agent: Mapping): readonly WatchedAgent[] {
  reader.refuseOtherKeys(agent, AGENT_KEYS);
  const id = reader.text(agent, 'id');
  if (id === undefined) return [];
  if (!NAME.test(id)) {
    reader.problem(
      'policy-invalid-name',
      [...agent.path, 'id'],
      `"${id}" can not be an agent's id`,
    );
    return [];
  }
  const identities = reader
    .mappings(agent, 'identities')
    .flatMap((identity) => readIdentity(reader, identity));
  return [{ id, identities }];
}

function readIdentity(reader: PolicyReader, identity: Mapping): readonly AgentIdentity[] {
  reader.refuseOtherKeys(identity, IDENTITY_KEYS);
  reader.text(identity, 'source');
  const sound = (key: string, values: readonly string[]): readonly string[] =>
    values.filter((value, index) => isSoundValue(reader, [...identity.path, key, index], value));
  const signers = reader.texts(identity, 'signer', false);
  const commandLines = sound('command_line', reader.texts(identity, 'command_line', false));
  const asked = (key: string): boolean => Object.hasOwn(identity.data, key);
  // A condition whose values were all refused must not silently become no condition.
  if (asked('signer') && signers.length === 0) return [];
  if (asked('command_line') && commandLines.length === 0) return [];
  const images = sound('image', reader.texts(identity, 'image', true)).filter((image) =>
    isEnough(reader, [...identity.path, 'image'], { images: [image], signers, commandLines }),
  );
  return images.length === 0 ? [] : [{ images, signers, commandLines }];
}

function isEnough(
  reader: PolicyReader,
  path: readonly (string | number)[],
  identity: AgentIdentity,
): boolean {
  const image = identity.images[0] ?? '';
  const pattern = compileWildcard(image);
  if (INTERPRETERS.has(literalFileName(pattern) ?? '') && identity.commandLines.length === 0) {
    reader.problem('policy-interpreter-alone', path, `"${image}" runs any program`, {
      hint: 'say with command_line which program makes it this agent',
    });
    return false;
  }
  const supported = identity.signers.length > 0 || identity.commandLines.length > 0;
  if (!supported && !namesFolder(pattern)) {
    reader.problem('policy-bare-name', path, `"${image}" is only a name, which anyone can take`, {
      hint: 'name a folder of the installation, or add signer or command_line',
    });
    return false;
  }
  return true;
}
