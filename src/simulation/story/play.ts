import type { EventTime } from '../../event/record.ts';
import type { Action, Host, Process, System } from '../action.ts';
import { createRandom } from '../prng.ts';
import type { Random } from '../prng.ts';
import { createStage } from '../stage.ts';
import { agentCommand, isOn, programOf, systemAccount, userAccount } from './cast.ts';
import { perform } from './perform.ts';
import { homeOf, ownPath, placeOf } from './places.ts';
import type { Scene } from './scene.ts';
import { agentNames } from './story.ts';
import type { AgentName, Story } from './story.ts';

/** Where and when a story is played. */
export interface Staging {
  readonly system: System;
  readonly seed: string;
  readonly host: string;
  readonly address: string;
  readonly time: EventTime;
}

/** A story that was played. */
export interface Play {
  readonly story: Story;
  readonly host: Host;
  /** In order of time. */
  readonly actions: readonly Action[];
  /** The deeds of each label. */
  readonly labelled: ReadonlyMap<string, readonly Action[]>;
}

// The session and the agent are up for so long when the story begins.
const PROLOGUE_MS = 20_000;

const users = ['ana', 'ben', 'carla', 'deniz', 'emil', 'freya'] as const;

/** Plays a story on one system; equal seeds give equal actions. */
export function play(story: Story, staging: Staging): Play {
  const { system, time } = staging;
  const random = createRandom(`${story.name}/${staging.seed}/${system}`);
  const user = random.fork('user').pick(users);
  const home = homeOf(user, system);
  const host: Host = {
    name: staging.host,
    system,
    address: staging.address,
    machine: random.fork('machine').hex(8),
    audits: auditOf(system, home),
  };
  const stage = createStage(host, systemAccount(system), random.fork('stage'));
  const scene: Scene = {
    stage,
    system,
    agent: chooseAgent(story, system, random.fork('agent')),
    session: random.fork('session').hex(32),
    home,
    user,
    processes: new Map(),
    labelled: new Map(),
  };
  beginDay(scene, time - PROLOGUE_MS);
  perform(story.deeds, { scene, begin: time, by: scene.agent ? 'agent' : 'session', random });
  const actions = stage.actions.sort((a, b) => a.time - b.time);
  return { story, host, actions, labelled: scene.labelled };
}

function chooseAgent(story: Story, system: System, random: Random): AgentName | undefined {
  if (story.agent !== 'any') return story.agent;
  const [first = 'claude_code', ...rest] = agentNames.filter((agent) => isOn(agent, system));
  return random.pick([first, ...rest]);
}

/** The processes that are always there: root, system, session, terminal, and the agent of the story. */
function beginDay(scene: Scene, time: EventTime): void {
  const { stage, system, home, user, agent, processes } = scene;
  const account = userAccount(user, system);
  const root = stage.found(time - 1000, programOf('root', system, home), '');
  const launch = (at: number, name: string, parent: Process, commandLine?: string): Process => {
    const program = programOf(name, system, home);
    const process = stage.launch(time + at, program, {
      parent,
      commandLine: commandLine ?? program.path,
      account: name === 'system' ? parent.account : account,
      directory: system === 'windows' ? `${home}\\` : home,
    });
    processes.set(name, process);
    return process;
  };
  const services = launch(0, 'system', root);
  const session = launch(400, 'session', services);
  const terminal = launch(900, 'terminal', session);
  if (agent === undefined) return;
  const isOfDesktop = agent === 'claude_desktop' || agent === 'cursor';
  const command = agentCommand(agent, programOf(agent, system, home), home);
  const started = launch(2_000, agent, isOfDesktop ? session : terminal, command);
  processes.set('agent', started);
}

/** Reads are audited in the home folder and where the system keeps its accounts, caches apart. */
function auditOf(system: System, home: string): Host['audits'] {
  const accounts = placeOf('accounts', system, home) ?? '';
  const folders = [home, ownPath('/srv/', system), accounts.slice(0, -3)].map((path) =>
    path.toLowerCase(),
  );
  return (path) => {
    const lower = path.toLowerCase();
    return folders.some((folder) => lower.startsWith(folder));
  };
}
