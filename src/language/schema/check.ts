import { SchemaCheck } from '../../base/schema.ts';
import type { YamlMap, YamlNode } from '../../base/yaml.ts';
import { quote } from '../reporter.ts';
import type { Reporter } from '../reporter.ts';
import { ruleSchemas } from './index.ts';

const checks: Readonly<Record<keyof typeof ruleSchemas, SchemaCheck>> = {
  detection: new SchemaCheck(ruleSchemas.detection),
  correlation: new SchemaCheck(ruleSchemas.correlation),
  filter: new SchemaCheck(ruleSchemas.filter),
};

/** Warns where a document does not keep to its JSON schema and nothing else was said of that place. */
export function checkSchema(
  kind: keyof typeof ruleSchemas,
  root: YamlMap,
  reporter: Reporter,
): void {
  for (const { path, message } of checks[kind].problems(jsonOf(root))) {
    const place = placeOf(root, path);
    if (reporter.hasProblemAt(place)) continue;
    const name = path.length === 0 ? 'the document' : quote(path.join('.'));
    reporter.report('schema', place, `${name} ${message}`);
  }
}

// Numbers beyond 2^53 have no JSON form that the checker knows; their exact value does not matter here.
function jsonOf(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'bigint' ? Number(node.value) : node.value;
    case 'list':
      return node.items.map(jsonOf);
    case 'map': {
      const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
      for (const [key, { value }] of node.entries) object[key] = jsonOf(value);
      return object;
    }
  }
}

function placeOf(root: YamlMap, path: readonly string[]): number {
  let node: YamlNode = root;
  for (const key of path) {
    const next: YamlNode | undefined =
      node.kind === 'map'
        ? node.entries.get(key)?.value
        : node.kind === 'list'
          ? node.items[Number(key)]
          : undefined;
    if (next === undefined) break;
    node = next;
  }
  return node.offset;
}
