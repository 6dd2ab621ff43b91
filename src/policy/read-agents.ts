import { agentKinds, literalFileName, namesFolder, osNames } from './agents.ts';
import type { AgentIdentity, AgentKind, WatchedAgent } from './agents.ts';
import type { Mapping, PolicyReader } from './reader.ts';
import { isSoundValue } from './sound-value.ts';
import { compileWildcard } from './wildcard.ts';

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
    'uvx',
  ].flatMap((name) => [name, `${name}.exe`]),
);

const INVENTORY_KEYS = ['agents', 'version', 'extends', 'description'];
const AGENT_KEYS = [
  ...['id', 'title', 'vendor', 'kind', 'note', 'identities'],
  ...['paths_source', 'state', 'config'],
];
const IDENTITY_KEYS = ['image', 'signer', 'command_line', 'source'];

/** The agents of an inventory file; what is broken is left out and named. */
export function readInventory(reader: PolicyReader, root: Mapping): readonly WatchedAgent[] {
  reader.refuseOtherKeys(root, INVENTORY_KEYS);
  return reader.mappings(root, 'agents').flatMap((agent) => readAgent(reader, agent));
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
  const paths = (key: string): readonly string[] => readPaths(reader, agent, key);
  const [statePaths, configPaths] = [paths('state'), paths('config')];
  // Where an agent keeps its things changes with its releases: a path without a source can not be looked up again.
  if (statePaths.length + configPaths.length > 0) reader.text(agent, 'paths_source');
  const optional = (key: string): string | undefined =>
    Object.hasOwn(agent.data, key) ? reader.text(agent, key) : undefined;
  return [
    {
      id,
      title: optional('title') ?? id,
      kind: readKind(reader, agent),
      note: optional('note'),
      identities,
      statePaths,
      configPaths,
    },
  ];
}

function readKind(reader: PolicyReader, agent: Mapping): AgentKind {
  if (!Object.hasOwn(agent.data, 'kind')) return 'terminal';
  const text = reader.text(agent, 'kind');
  const kind = agentKinds.find((known) => known === text);
  if (kind === undefined && text !== undefined) {
    reader.problem('policy-wrong-type', [...agent.path, 'kind'], `"${text}" is no kind of agent`, {
      hint: `one of ${agentKinds.join(', ')}`,
    });
  }
  return kind ?? 'terminal';
}

// By operating system, since paths differ there; `any` holds for all of them.
function readPaths(reader: PolicyReader, agent: Mapping, key: string): readonly string[] {
  if (!Object.hasOwn(agent.data, key)) return [];
  const bySystem = reader.mapping([...agent.path, key], agent.data[key]);
  if (bySystem === undefined) return [];
  reader.refuseOtherKeys(bySystem, osNames);
  return osNames.flatMap((name) =>
    reader
      .texts(bySystem, name, false)
      .filter((value, index) => isSoundValue(reader, [...bySystem.path, name, index], value)),
  );
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
