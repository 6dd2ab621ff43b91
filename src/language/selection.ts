import type { YamlMap, YamlNode } from '../base/yaml.ts';
import { join, readItem, readKeyword } from './item.ts';
import { quote } from './reporter.ts';
import type { Reporter } from './reporter.ts';
import type { Expression } from './tree.ts';

// Patterns are compared with every name.
const nameMax = 256;

/**
 * Reads the selections of a detection or filter: every key but the reserved ones. A faulty selection is
 * reported and stays in the map as an expression that never matches, so that its name is known.
 */
export function readSelections(
  detection: YamlMap,
  reserved: readonly string[],
  reporter: Reporter,
): ReadonlyMap<string, Expression> {
  const selections = new Map<string, Expression>();
  for (const [name, entry] of detection.entries) {
    if (reserved.includes(name)) continue;
    if (name.length > nameMax) {
      reporter.report('too-long', entry.keyOffset, 'the name of a selection is too long');
      continue;
    }
    if (!/^[A-Za-z0-9_-]+$/.test(name)) {
      const message = `only a pattern with * can reach the selection ${quote(name)}`;
      reporter.report('odd-selection', entry.keyOffset, message, 'Use letters, digits, _ and -.');
    }
    selections.set(
      name,
      readSelection(name, entry.value, reporter) ?? { kind: 'or', operands: [] },
    );
  }
  return selections;
}

function readSelection(name: string, node: YamlNode, reporter: Reporter): Expression | undefined {
  switch (node.kind) {
    case 'map':
      return readMap(name, node, reporter);
    case 'list':
      return readAlternatives(name, node.items, node, reporter);
    case 'scalar':
      if (node.value !== null) return readKeyword(node, reporter);
      return empty(name, node, reporter);
  }
}

function readMap(name: string, node: YamlMap, reporter: Reporter): Expression | undefined {
  if (node.entries.size === 0) return empty(name, node, reporter);
  const operands: Expression[] = [];
  for (const [key, entry] of node.entries) {
    const operand = readItem(key, entry, reporter);
    if (operand !== undefined) operands.push(operand);
  }
  return operands.length < node.entries.size ? undefined : join('and', operands);
}

function readAlternatives(
  name: string,
  items: readonly YamlNode[],
  place: YamlNode,
  reporter: Reporter,
): Expression | undefined {
  if (items.length === 0) return empty(name, place, reporter);
  const operands: Expression[] = [];
  for (const item of items) {
    let operand: Expression | undefined;
    if (item.kind === 'list') {
      reporter.report('invalid-value', item, 'a list inside a list cannot be a search');
    } else {
      operand = readSelection(name, item, reporter);
    }
    if (operand !== undefined) operands.push(operand);
  }
  return operands.length < items.length ? undefined : join('or', operands);
}

function empty(name: string, node: YamlNode, reporter: Reporter): undefined {
  reporter.report('empty-selection', node, `the selection ${quote(name)} asks for nothing`);
}
