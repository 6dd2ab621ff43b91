import { AgentInventory } from './agents.ts';
import type { AgentKind, WatchedAgent } from './agents.ts';
import { readOverrides } from './overrides.ts';
import type { RuleOverride } from './overrides.ts';
import type { Policy } from './policy.ts';
import type { PolicyProblem } from './problem.ts';
import { readInventory } from './read-agents.ts';
import { PolicyReader } from './reader.ts';
import type { Mapping, PolicyFile } from './reader.ts';
import { isSoundValue } from './sound-value.ts';

/** What the files say, and what is wrong with them. */
export interface PolicyRead {
  readonly policy: Policy;
  /** The agents' descriptions, in the order in which they are asked for. */
  readonly agents: readonly WatchedAgent[];
  /** How this organisation runs rules; in the order of the files. */
  readonly overrides: readonly RuleOverride[];
  readonly problems: readonly PolicyProblem[];
}

// Larger lists belong into a lookup of their own; these are compiled into every rule that asks.
const VALUES_MAX = 20_000;

const PATH_LISTS: readonly (readonly [string, (agent: WatchedAgent) => readonly string[]])[] = [
  ['agent_state_paths', (agent) => agent.statePaths],
  ['agent_config_paths', (agent) => agent.configPaths],
];

const HELPERS: ReadonlySet<AgentKind> = new Set(['framework', 'tool_server', 'model_runtime']);

const NAME = /^[A-Za-z0-9_]{1,64}$/;
const LIST_KEYS = ['list', 'version', 'extends', 'description', 'entries'];
const ENTRY_KEYS = ['about', 'source', 'values'];

/**
 * Reads list files and agent inventories in the order given. A later file of the same list adds to it, or with
 * `extends: false` replaces it; an organisation's files come after ours. What is broken is left out and named.
 */
export function readPolicy(files: readonly PolicyFile[]): PolicyRead {
  const problems: PolicyProblem[] = [];
  const lists = new Map<string, readonly string[]>();
  const overrides: RuleOverride[] = [];
  let agents: readonly WatchedAgent[] = [];
  for (const file of files) {
    const reader = new PolicyReader(file, problems);
    const root = reader.root();
    if (root === undefined) continue;
    if (Object.hasOwn(root.data, 'list')) {
      readList(reader, root, lists);
    } else if (Object.hasOwn(root.data, 'agents')) {
      const read = readInventory(reader, root);
      // The later file's agents are asked first: an organisation's own description wins.
      agents = reader.flag(root, 'extends', true) ? [...read, ...agents] : read;
    } else if (Object.hasOwn(root.data, 'overrides')) {
      overrides.push(...readOverrides(reader, root));
    } else {
      reader.problem('policy-unknown-kind', [], 'no list, no agent inventory, no overrides', {
        hint: 'begin with "list: NAME" and "entries:", with "agents:", or with "overrides:"',
      });
    }
  }
  addPathLists(agents, lists);
  return { policy: createPolicy(agents, lists), agents, overrides, problems };
}

// What agents keep and what directs them, as lists that rules can ask for. A list file of that name adds to them.
function addPathLists(
  agents: readonly WatchedAgent[],
  lists: Map<string, readonly string[]>,
): void {
  if (agents.length === 0) return;
  for (const [name, of] of PATH_LISTS) {
    const own = lists.get(name) ?? [];
    lists.set(name, [...new Set([...own, ...agents.flatMap((agent) => of(agent))])]);
  }
}

function createPolicy(
  agents: readonly WatchedAgent[],
  lists: ReadonlyMap<string, readonly string[]>,
): Policy {
  const inventory = new AgentInventory(agents);
  const helpers = new Set(agents.filter(({ kind }) => HELPERS.has(kind)).map(({ id }) => id));
  return {
    agent: (process) => inventory.agent(process),
    actsForStarter: (agent) => helpers.has(agent),
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
