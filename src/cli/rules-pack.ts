import { resolve } from 'node:path';

import type { Command } from 'commander';

import { BUNDLED_RULES, filesBelow, loadRules } from '../runtime/rule-files.ts';
import { isPack, PACK_EXTENSION, writePack } from '../runtime/rule-pack.ts';
import { EXIT, UsageError } from './exit.ts';
import { counted } from './format.ts';
import { collect, existingPlaces } from './input.ts';
import { reportProblems } from './problems.ts';

const DEFAULT_OUT = `rules${PACK_EXTENSION}`;

interface PackOptions {
  readonly rules?: readonly string[];
  readonly out: string;
  readonly pipeline?: readonly string[];
  readonly portable: boolean;
  readonly strict: boolean;
  readonly verbose: boolean;
}

/** `tidegate rules pack`: rules that are read, checked and linked once, in a file that loads in a moment. */
export function addRulesPack(rules: Command): void {
  rules
    .command('pack')
    .description(
      'read, check and link rules once, and write them into a file that loads in a moment',
    )
    .option(
      '--rules <path>',
      'rule file or folder, instead of the bundled ones; may be repeated',
      collect,
    )
    .option('--out <file>', `the pack; its name ends in ${PACK_EXTENSION}`, DEFAULT_OUT)
    .option('--pipeline <file>', 'processing pipeline in pySigma form; may be repeated', collect)
    .option('--portable', "refuse Tidegate's extensions of Sigma", false)
    .option(
      '--strict',
      'write nothing if any rule is broken; checks rules against JSON schemas too',
      false,
    )
    .option('--verbose', 'show warnings about rules too', false)
    .addHelpText(
      'after',
      `
A pack is named where rules are named: tidegate scan --rules FILE${PACK_EXTENSION} .... It holds all rules that
are linked together, so it stands alone. Lists (agents, paths, destinations) are not in it: they are read at
every start. Broken rules are left out, and named whenever the pack is used.

A pack is never trusted beyond what it was made from. If its rule files are on this machine and have changed,
or if another version of Tidegate wrote it, the rules are read from their files and a line says so; where the
files are not there, a pack of another version is refused. A damaged pack is refused by its checksum. The
checksum protects from accidents: who can write the pack can write rules, so keep it where you keep rules.

Examples:
  tidegate rules pack --rules sigma/rules/windows --out windows${PACK_EXTENSION}
  tidegate rules pack --rules sigma/rules --rules our-rules --pipeline ecs.yml --strict
  tidegate scan --rules windows${PACK_EXTENSION} recordings/*.ndjson.gz`,
    )
    .action((options: PackOptions) => {
      process.exitCode = pack(options);
    });
}

function pack(options: PackOptions): number {
  if (!isPack(options.out))
    throw new UsageError(`--out: '${options.out}' must end in ${PACK_EXTENSION}`);
  const recipe = {
    rules: existingPlaces(options.rules ?? [BUNDLED_RULES]).map((path) => resolve(path)),
    pipelines: existingPlaces(options.pipeline ?? []).map((path) => resolve(path)),
    portable: options.portable,
    schema: options.strict,
  };
  const packed = recipe.rules.find(isPack);
  if (packed !== undefined) throw new UsageError(`${packed}: is a pack; name what it is made from`);
  const loaded = loadRules(recipe.rules, recipe);
  reportProblems(loaded.problems, options.verbose);
  const broken = loaded.problems.filter((problem) => problem.severity === 'error').length;
  if (options.strict && broken > 0) {
    process.stderr.write(`${counted(broken, 'problem')} with rules; --strict writes no pack\n`);
    return EXIT.failed;
  }
  const { detections, correlations } = loaded.ruleSet;
  const count = detections.length + correlations.length;
  if (count === 0) throw new UsageError('no rule could be loaded; see --rules');
  const bytes = writePack(options.out, loaded, recipe, filesBelow(recipe.rules));
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  process.stdout.write(`${counted(count, 'rule')}, ${size}: ${resolve(options.out)}\n`);
  return EXIT.ran;
}
