import type { EventTime } from '../../../event/record.ts';
import type { Account, Host } from '../../action.ts';
import type { Random } from '../../prng.ts';
import type { Stage } from '../../stage.ts';

/** What each part of the story is given. */
export interface Part {
  readonly stage: Stage;
  readonly random: Random;
}

/** A Tuesday in winter in Western Europe's time zone, where the wall clock shows UTC. */
const midnight: EventTime = Date.UTC(2026, 2, 3);

const minuteMs = 60_000;

/** `09:30` or `09:30:05` of the day. */
export function at(clock: string): EventTime {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  return midnight + (hours * 60 + minutes) * minuteMs + seconds * 1000;
}

/** Moments between two times, about so far apart and never regular, as a person's doings are. */
export function* moments(
  random: Random,
  from: string,
  to: string,
  everyMs: number,
): Generator<EventTime> {
  const end = at(to);
  let time = at(from) + random.integer(0, everyMs);
  while (time < end) {
    yield time;
    time += Math.round(everyMs * (0.3 + 1.4 * random.next()));
  }
}

/** The developer, at her desk and without administrator's rights. */
export const ana: Account = {
  domain: 'CORP',
  name: 'ana',
  id: 'S-1-5-21-1085031214-1563985344-725345543-1117',
  logon: '0x4f21c',
  session: 1,
  integrity: 'Medium',
};

/** The operating system itself. */
export const localSystem: Account = {
  domain: 'NT AUTHORITY',
  name: 'SYSTEM',
  id: 'S-1-5-18',
  logon: '0x3e7',
  session: 0,
  integrity: 'System',
};

/** The account of services that talk to the network. */
export const networkService: Account = {
  ...localSystem,
  name: 'NETWORK SERVICE',
  id: 'S-1-5-20',
  logon: '0x3e4',
};

/** The developer's home folder. */
export const home = 'C:\\Users\\ana';

/** The repository that she and her agent work on. */
export const project: string = `${home}\\Projects\\harbour-api`;

/** Folders whose reads the audit policy of the laptop reports. */
const audited: readonly string[] = [
  `${home}\\Documents\\`,
  `${project}\\`,
  `${home}\\.ssh\\`,
  `${home}\\.aws\\`,
  `${home}\\.azure\\`,
  `${home}\\.kube\\`,
  `${home}\\AppData\\Local\\Google\\Chrome\\User Data\\Default\\Login Data`,
  `${home}\\AppData\\Local\\Microsoft\\Edge\\User Data\\Default\\Login Data`,
  'C:\\Windows\\System32\\config\\',
].map((folder) => folder.toLowerCase());

/** The laptop: Sysmon and the Security log. */
export const laptop: Host = {
  name: 'LAP-7',
  system: 'windows',
  address: '10.20.4.57',
  machine: '5c1e90a7',
  audits: (path) => {
    const lower = path.toLowerCase();
    return audited.some((folder) => lower.startsWith(folder));
  },
};

/** The build machine: osquery. */
export const buildHost: Host = {
  name: 'build-3',
  system: 'linux',
  address: '10.20.9.13',
  machine: 'a07d2f44',
  audits: (path) => path.startsWith('/home/ana/') || path.startsWith('/srv/'),
};
