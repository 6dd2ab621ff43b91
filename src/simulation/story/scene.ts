import type { EventTime } from '../../event/record.ts';
import type { Action, Process, System } from '../action.ts';
import type { Random } from '../prng.ts';
import type { Stage } from '../stage.ts';
import type { AgentName } from './story.ts';

/** What the lines of a story share while it is played. */
export interface Scene {
  readonly stage: Stage;
  readonly system: System;
  readonly agent: AgentName | undefined;
  readonly session: string;
  readonly home: string;
  readonly user: string;
  readonly processes: Map<string, Process>;
  readonly labelled: Map<string, Action[]>;
}

/** How lines are done: since when, by whom unless they say so, and with which luck. */
export interface Cue {
  readonly scene: Scene;
  readonly begin: EventTime;
  readonly by: string;
  readonly random: Random;
  /** Which time it is that the line is done that these stand below. */
  readonly n?: number;
}
