import type { Match } from '../../language/tree.ts';
import type { Node } from './nodes.ts';

/** What it takes to ask all of these nodes, in steps of about one comparison. */
export function effortOfAll(nodes: readonly Node[]): number {
  return nodes.reduce((sum, node) => sum + effortOf(node), 1);
}

/** The nodes, the cheapest first. What enrichments compute comes last: it may never be needed. */
export function byEffort(nodes: readonly Node[]): readonly Node[] {
  const isSorted = nodes.every((node, at) => {
    const before = nodes[at - 1];
    return before === undefined || effortOf(before) <= effortOf(node);
  });
  return isSorted ? nodes : nodes.toSorted((left, right) => effortOf(left) - effortOf(right));
}

function effortOf(node: Node): number {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.effort;
    case 'not':
      return effortOf(node.operand);
    case 'keyword':
      return 50;
    case 'presence':
      return node.slot.derived ? 1000 : 1;
    case 'field':
      return (node.slot.derived ? 1000 : 0) + effortOfMatch(node.match.kind);
  }
}

function effortOfMatch(kind: Match['kind']): number {
  switch (kind) {
    case 'text':
      return 2;
    case 'compare':
      return 3;
    case 'fieldref':
      return 5;
    case 'cidr':
      return 8;
    case 'regex':
      return 20;
    default:
      return 10;
  }
}
