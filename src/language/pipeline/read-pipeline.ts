import { readYaml } from '../../base/yaml.ts';
import type { YamlMap, YamlNode } from '../../base/yaml.ts';
import { Keys } from '../keys.ts';
import type { RuleProblem } from '../problem.ts';
import { Reporter, quote } from '../reporter.ts';
import { fieldTests, itemTests, ruleTests } from './conditions.ts';
import { readGate } from './gate.ts';
import type { Pipeline, Step } from './pipeline.ts';
import { findTransformation, transformations } from './transformations/index.ts';

/** A pipeline, if it has no error, and all that is wrong with its file. */
export interface ReadPipeline {
  readonly pipeline: Pipeline | undefined;
  readonly problems: readonly RuleProblem[];
}

const nameMax = 256;

/** Reads a processing pipeline in pySigma's YAML form. What concerns query backends is passed over. */
export function readPipeline(text: string, file: string): ReadPipeline {
  const reporter = new Reporter(file, text);
  const yaml = readYaml(text);
  const all = [...yaml.problems, ...yaml.documents.flatMap(({ problems }) => problems)];
  for (const { code, offset, message, hint } of all) reporter.report(code, offset, message, hint);
  const root = yaml.documents[0]?.root;
  let pipeline: Pipeline | undefined;
  if (yaml.documents.length !== 1 || root?.kind !== 'map') {
    if (all.length === 0) {
      reporter.report('invalid-pipeline', 0, 'a pipeline is one document, and a map');
    }
  } else {
    pipeline = readRoot(root, reporter);
  }
  return { pipeline: reporter.errors > 0 ? undefined : pipeline, problems: reporter.problems };
}

function readRoot(root: YamlMap, reporter: Reporter): Pipeline {
  const keys = new Keys(root, reporter);
  const name = keys.text('name', nameMax) ?? '';
  const priority = Number(keys.text('priority', 20) ?? 0);
  if (!Number.isInteger(priority)) {
    reporter.report('wrong-type', keys.node('priority') ?? 0, '"priority" must be a whole number');
  }
  const variables = readVariables(keys);
  // Query languages have these; a streaming engine builds no query text.
  for (const key of ['allowed_backends', 'postprocessing', 'finalizers']) keys.entry(key);
  const steps: Step[] = [];
  const node = keys.node('transformations');
  if (node !== undefined && node.kind !== 'list') {
    reporter.report('wrong-type', node, '"transformations" must be a list');
  }
  for (const item of node?.kind === 'list' ? node.items : []) {
    const step = readStep(item, reporter);
    if (step !== undefined) steps.push(step);
  }
  keys.refuseRest('invalid-pipeline');
  return { name, priority, variables, steps };
}

function readVariables(keys: Keys): ReadonlyMap<string, readonly string[]> {
  const variables = new Map<string, readonly string[]>();
  const map = keys.map('vars');
  if (map === undefined) return variables;
  const inner = new Keys(map, keys.reporter);
  for (const name of map.entries.keys()) variables.set(name, inner.texts(name));
  return variables;
}

function readStep(node: YamlNode, reporter: Reporter): Step | undefined {
  if (node.kind !== 'map') {
    reporter.report('invalid-pipeline', node, 'a transformation is a map with a type');
    return undefined;
  }
  const keys = new Keys(node, reporter);
  const id = keys.text('id', nameMax);
  const type = keys.text('type', nameMax) ?? '';
  const rules = readGate(keys, { conditions: 'rule_conditions', prefix: 'rule_cond' }, ruleTests);
  const items = readGate(
    keys,
    { conditions: 'detection_item_conditions', prefix: 'detection_item_cond' },
    itemTests,
  );
  const fields = readGate(
    keys,
    { conditions: 'field_name_conditions', prefix: 'field_name_cond' },
    fieldTests,
  );
  const kind = findTransformation(type);
  if (kind === undefined) {
    const hint = `Known are ${transformations.map((each) => each.type).join(', ')}.`;
    reporter.report('invalid-pipeline', node, `unknown transformation ${quote(type)}`, hint);
    return undefined;
  }
  const transformation = kind.read(keys);
  keys.refuseRest('invalid-pipeline');
  return transformation === undefined ? undefined : { id, transformation, rules, items, fields };
}
