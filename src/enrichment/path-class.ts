import type { TelemetryEvent } from '../event/event.ts';
import type { Policy } from '../policy/policy.ts';
import { compileWildcard } from '../policy/wildcard.ts';
import type { Wildcard } from '../policy/wildcard.ts';
import { pathsOfCommandLine } from './command-paths.ts';
import type { Derivation } from './enrichment.ts';
import { perPolicy } from './per-policy.ts';

/** What a path is, by the lists of the policy; a path may be several. What is of a program is not protected. */
const CLASSES: readonly (readonly [string, string])[] = [
  ['privileged', 'privileged_paths'],
  ['credential', 'credential_paths'],
  ['protected', 'protected_paths'],
  ['development', 'development_files'],
  ['synced', 'sync_folders'],
  ['removable', 'removable_paths'],
  ['agent_state', 'agent_state_paths'],
  ['agent_config', 'agent_config_paths'],
];

// Of one path: a source file below documents is no document, and an agent's own token is its own to read.
const EXCEPTIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['protected', ['development', 'agent_state']],
  ['credential', ['agent_state']],
]);

type ClassedPatterns = readonly (readonly [string, readonly Wildcard[]])[];

// Agents open the same files again and again; what is forgotten is only looked up once more.
const REMEMBERED_MAX = 4096;

/**
 * The classes of the file that an event touches, or of all paths on the command line of a launch: many sensors do not
 * see reads, and `tar`, `cp` and `cat` say what they are about to read.
 */
export class PathClass implements Derivation {
  readonly fields: readonly string[] = ['tidegate.path.class', 'tidegate.path.named'];
  readonly needs: readonly string[] = [];

  derive(event: TelemetryEvent, policy: Policy): void {
    const patterns = patternsOf(policy);
    const paths = pathsOf(event);
    const classes = new Set<string>();
    let named: string | undefined;
    for (const path of paths) {
      const found = patterns.classesOf(path);
      if (found.length > 0) named ??= path;
      for (const name of found) classes.add(name);
    }
    if (named === undefined) return;
    event.derived.set('tidegate.path.class', [...classes]);
    event.derived.set('tidegate.path.named', named);
  }
}

/** Which classes of a policy paths are of. */
class PathPatterns {
  readonly #remembered: Map<string, readonly string[]> = new Map();
  readonly #patterns: ClassedPatterns;

  constructor(policy: Policy) {
    this.#patterns = CLASSES.map(([name, list]) => [
      name,
      (policy.list(list) ?? []).map((value) => compileWildcard(value)),
    ]);
  }

  classesOf(path: string): readonly string[] {
    const known = this.#remembered.get(path);
    if (known !== undefined) return known;
    const folded = path.toLowerCase();
    // A folder that is named without its last separator is meant with all that is in it.
    const folder = `${folded}${folded.includes('\\') ? '\\' : '/'}`;
    const fitting = this.#patterns
      .filter(([, patterns]) => patterns.some((each) => each.fits(folded) || each.fits(folder)))
      .map(([name]) => name);
    const found = fitting.filter((name) => {
      const exceptions = EXCEPTIONS.get(name) ?? [];
      return !exceptions.some((exception) => fitting.includes(exception));
    });
    if (this.#remembered.size >= REMEMBERED_MAX) this.#remembered.clear();
    this.#remembered.set(path, found);
    return found;
  }
}

const patternsOf: (policy: Policy) => PathPatterns = perPolicy(
  (policy) => new PathPatterns(policy),
);

function pathsOf(event: TelemetryEvent): readonly string[] {
  // Linux audit tells of a launch with the file of the program as the file.
  if (event.activity !== 'process_start') {
    const file = event.get('TargetFilename');
    return typeof file === 'string' ? [file] : [];
  }
  const commandLine = event.get('CommandLine') ?? event.process()?.commandLine;
  if (typeof commandLine !== 'string') return [];
  const folder = event.get('CurrentDirectory');
  return pathsOfCommandLine(commandLine, typeof folder === 'string' ? folder : undefined);
}
