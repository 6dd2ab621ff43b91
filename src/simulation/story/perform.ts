import { assert } from '../../base/assert.ts';
import type { EventTime } from '../../event/record.ts';
import type { Action } from '../action.ts';
import { act } from './deeds.ts';
import { run, start } from './launch.ts';
import type { Launched } from './launch.ts';
import type { Cue } from './scene.ts';
import type { DeedLine, StoryDeed, StoryLaunch } from './story.ts';
import type { TextScope } from './text.ts';

/** Does these lines; returns when the last of them was done. */
export function perform(lines: readonly DeedLine[], cue: Cue): EventTime {
  let last = cue.begin;
  for (const [index, line] of lines.entries()) {
    if (line.on !== undefined && !line.on.includes(cue.scene.system)) continue;
    const random = cue.random.fork(`line/${String(index)}`);
    for (let done = 1; done <= line.repeat; done += 1) {
      const jitter = line.jitterMs === 0 ? 0 : random.integer(0, line.jitterMs);
      const time = cue.begin + line.atMs + (done - 1) * line.everyMs + jitter;
      const n = line.repeat > 1 ? done : (cue.n ?? 1);
      last = Math.max(last, doLine(line, time, { ...cue, random, n }));
    }
  }
  return last;
}

function doLine(line: DeedLine, time: EventTime, cue: Cue): EventTime {
  const { scene } = cue;
  const by = scene.processes.get(line.by ?? cue.by);
  assert(by !== undefined, `nobody is called ${line.by ?? cue.by}`);
  const before = scene.stage.actions.length;
  const scope: TextScope = { ...scene, random: cue.random, n: cue.n ?? 1 };
  const { what } = line;
  let end = time;
  let mine: readonly Action[] | undefined;
  if (isLaunch(what)) {
    const launch = what.kind === 'start' ? start : run;
    const launched = launch(what, { time, by, byName: line.by ?? cue.by, scope, scene });
    end = goOn(what, launched, { time, cue });
    mine = launched.launches;
  } else {
    end = act(what, { time, by, scope, scene });
  }
  if (line.label !== undefined) {
    const labelled = scene.labelled.get(line.label) ?? [];
    scene.labelled.set(line.label, labelled);
    labelled.push(...(mine ?? scene.stage.actions.slice(before)));
  }
  return end;
}

// The lines below a program are done by it; of several in a pipe, by the last.
function goOn(
  what: StoryLaunch,
  { processes, lastsMs }: Launched,
  { time, cue }: { readonly time: EventTime; readonly cue: Cue },
): EventTime {
  const { scene } = cue;
  const last = processes.at(-1);
  if (last === undefined) return time;
  const name = what.id ?? `unnamed-${String(scene.processes.size)}`;
  scene.processes.set(name, last);
  const done = perform(what.does, { ...cue, begin: last.start, by: name });
  if (lastsMs === undefined) return done;
  let end = Math.max(time + lastsMs, done + 40, last.start + 10);
  for (const process of processes.toReversed()) scene.stage.exit((end += 4), process);
  return end;
}

function isLaunch(what: StoryDeed): what is StoryLaunch {
  return what.kind === 'start' || what.kind === 'run';
}
