import { assert } from '../../base/assert.ts';
import type { EventTime } from '../../event/record.ts';
import type { Action, Process } from '../action.ts';
import { fileName, programOf, shellOf } from './cast.ts';
import { stepsOf } from './command.ts';
import { ownPath } from './places.ts';
import type { Scene } from './scene.ts';
import type { StoryLaunch } from './story.ts';
import { fill, fillPath, wordsOf } from './text.ts';
import type { TextScope } from './text.ts';

/** Who starts a program, when. */
export interface Launching {
  readonly time: EventTime;
  readonly by: Process;
  readonly byName: string;
  readonly scope: TextScope;
  readonly scene: Scene;
}

export interface Launched {
  /** The shell around them first, then the programs in order. */
  readonly processes: readonly Process[];
  /** How long they run; undefined: to the end of the story. */
  readonly lastsMs: number | undefined;
  /** The start of the program, and of its neighbours in a pipe; not of a shell around them. */
  readonly launches: readonly Action[];
}

const RUN_MS = 400;

/** Starts a program as such. */
export function start(what: StoryLaunch, { time, by, scope, scene }: Launching): Launched {
  const { stage, system, home } = scene;
  const before = stage.actions.length;
  const named = wordsOf(what.program, system) ?? '';
  const program = programOf(
    ownPath(fill(named, scope), /[\\/]/.test(named) ? system : 'linux'),
    system,
    home,
  );
  const rest = fill(wordsOf(what.words, system) ?? '', scope);
  const name = system === 'windows' ? `"${program.path}"` : fileName(program.path);
  const process = stage.launch(time, program, {
    parent: by,
    commandLine: `${name} ${rest}`.trimEnd(),
    directory: directoryOf(what, scope, by),
  });
  const launches = stage.actions.slice(before).filter((action) => isLaunch(action, process));
  return { processes: [process], lastsMs: what.lastsMs, launches };
}

/** Runs a command in the shell of the agent, or in the terminal itself. */
export function run(what: StoryLaunch, { time, by, byName, scope, scene }: Launching): Launched {
  const { stage, system, home, agent } = scene;
  const before = stage.actions.length;
  const words = wordsOf(what.words, system);
  assert(words !== undefined, 'a command has words for each system of its story');
  const command = fill(words, scope);
  const directory = directoryOf(what, scope, by);
  const wrapping = shellOf(byName === 'agent' ? agent : undefined, system, command, home);
  const isInTerminal = byName === 'terminal';
  const shell = isInTerminal
    ? by
    : stage.launch(time, programOf(wrapping.program, system, home), {
        parent: by,
        commandLine: wrapping.commandLine,
        directory,
      });
  const steps = stepsOf(
    command,
    isInTerminal && system === 'windows' ? 'powershell' : wrapping.program,
  );
  let at = time;
  const started = steps.map(({ program, line, isPiped }) => {
    at += isPiped ? 3 : 24;
    return stage.launch(at, programOf(program, system, home), {
      parent: shell,
      commandLine: line,
      directory,
    });
  });
  const own = started.length > 0 ? started : [shell];
  const launches = stage.actions
    .slice(before)
    .filter((action) => own.some((process) => isLaunch(action, process)));
  const all = isInTerminal ? started : [shell, ...started];
  return { processes: all, lastsMs: what.lastsMs ?? RUN_MS, launches };
}

function directoryOf(what: StoryLaunch, scope: TextScope, by: Process): string {
  const given = what.directory === undefined ? undefined : wordsOf(what.directory, scope.system);
  return given === undefined ? by.directory : fillPath(given, scope);
}

function isLaunch({ deed, process }: Action, launched: Process): boolean {
  return deed.kind === 'launch' && process === launched;
}
