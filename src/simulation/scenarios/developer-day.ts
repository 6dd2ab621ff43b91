import type { Action, Host } from '../action.ts';
import { createRandom } from '../prng.ts';
import type { Scenario } from '../scenario.ts';
import { createStage } from '../stage.ts';
import { osquery } from '../encoders/osquery.ts';
import { securityFlat } from '../encoders/security.ts';
import type { Encoder } from '../encoders/encoder.ts';
import { sysmonWinlogbeat } from '../encoders/sysmon.ts';
import {
  encodedProbe,
  labels,
  reachForSecrets,
  readInBulk,
  sendInPieces,
} from './developer-day/attacks.ts';
import { browse } from './developer-day/browser.ts';
import { buildMachine, root } from './developer-day/build-machine.ts';
import { startClaudeCode, workHonestly } from './developer-day/claude-code.ts';
import { startClaudeDesktop } from './developer-day/claude-desktop.ts';
import { at, buildHost, laptop, localSystem } from './developer-day/day.ts';
import type { Part } from './developer-day/day.ts';
import { develop } from './developer-day/development.ts';
import { officeWork } from './developer-day/office.ts';
import { background, runBackup, startSession } from './developer-day/windows-session.ts';

/** A developer, her laptop, two agents that help her, and three things that they should not do. */
export const developerDay: Scenario = {
  name: 'developer-day',
  description: "A working day on a developer's laptop: honest agents, and three thefts",
  hosts: [laptop, buildHost],
  encoders: (host: Host): readonly Encoder[] =>
    host === laptop ? [sysmonWinlogbeat, securityFlat] : [osquery],
  play,
  labels,
  alerts: 8,
};

function play(): readonly Action[] {
  const random = createRandom('developer-day');
  const laptopStage = createStage(laptop, localSystem, random.fork('laptop'));
  const buildStage = createStage(buildHost, root, random.fork('build'));
  const part = (name: string): Part => ({ stage: laptopStage, random: random.fork(name) });
  const session = startSession(part('session'));
  background(part('background'), session);
  runBackup(part('backup'), session);
  officeWork(part('office'), session);
  browse(part('browser'), session);
  const shell = develop(part('development'), session);
  const desktopAgent = startClaudeDesktop(part('claude-desktop'), session);
  const agent = startClaudeCode(part('claude-code'), shell);
  workHonestly(part('honest-work'), agent);
  encodedProbe(part('probe'), desktopAgent);
  readInBulk(part('bulk-read'), agent);
  sendInPieces(part('base64-egress'), desktopAgent);
  reachForSecrets(part('privileged-paths'), agent);
  buildMachine({ stage: buildStage, random: random.fork('build-machine') });
  const end = at('17:30');
  return [...laptopStage.actions, ...buildStage.actions]
    .filter((action) => action.time < end)
    .sort((a, b) => a.time - b.time);
}
