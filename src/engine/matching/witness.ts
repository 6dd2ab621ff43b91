import type { Slot } from './frame.ts';
import type { Leaf, Node } from './nodes.ts';
import type { CompiledRule } from './program.ts';

/** Predicates of which at least one holds whenever the rule does. */
export type Witness = readonly Leaf[];

/** How often a predicate is expected to hold, from 0 (never) to 1 (always). */
export type Frequency = (leaf: Leaf) => number;

/** The witness of the rule that is expected to hold least often; undefined if the rule has none. */
export function chooseWitness(node: Node, frequency: Frequency): Witness | undefined {
  return candidate(node, true, frequency)?.leaves;
}

interface Candidate {
  readonly leaves: Witness;
  readonly frequency: number;
  readonly derived: boolean;
}

// With `wanted` false the node's opposite is looked at: not (a or b) is (not a) and (not b).
function candidate(node: Node, wanted: boolean, frequency: Frequency): Candidate | undefined {
  switch (node.kind) {
    case 'not':
      return candidate(node.operand, !wanted, frequency);
    case 'and':
    case 'or': {
      const parts = node.operands.map((operand) => candidate(operand, wanted, frequency));
      return (node.kind === 'and') === wanted ? rarest(parts) : together(parts);
    }
    case 'presence':
      return wanted && node.asks === 'present' ? single(node, frequency) : undefined;
    case 'field':
      return wanted ? single(node, frequency) : undefined;
    case 'keyword':
      // A reference from any value to a field can not be looked up by value.
      return wanted && node.match.kind !== 'fieldref' ? single(node, frequency) : undefined;
  }
}

function single(leaf: Leaf, frequency: Frequency): Candidate {
  const derived = leaf.kind !== 'keyword' && leaf.slot.derived;
  return { leaves: [leaf], frequency: frequency(leaf), derived };
}

// A sensor's field, however common its value, is preferred to a computed one: reading that costs a
// derivation.
function rarest(parts: readonly (Candidate | undefined)[]): Candidate | undefined {
  let best: Candidate | undefined;
  for (const part of parts) {
    if (part === undefined) continue;
    if (best === undefined || rank(part) < rank(best)) best = part;
  }
  return best;
}

function rank(part: Candidate): number {
  return part.frequency + (part.derived ? 1e6 : 0);
}

function together(parts: readonly (Candidate | undefined)[]): Candidate | undefined {
  const leaves = new Set<Leaf>();
  let frequency = 0;
  let derived = false;
  for (const part of parts) {
    if (part === undefined) return undefined;
    for (const leaf of part.leaves) leaves.add(leaf);
    frequency += part.frequency;
    derived ||= part.derived;
  }
  // Of no parts: a rule that never holds, and needs no predicate to say so.
  return { leaves: [...leaves], frequency, derived };
}

/**
 * What it costs to look at a field at all, as a number of candidates, shared by the rules that can
 * use the field: so that a program reads few fields, and the event id rather than what only some
 * events have.
 */
export function fieldShares(rules: readonly CompiledRule[]): ReadonlyMap<Slot, number> {
  const users = new Map<Slot, number>();
  const lastUsers = new Map<Slot, CompiledRule>();
  for (const rule of rules) {
    const use = (leaf: Leaf): void => {
      if (leaf.kind === 'keyword' || lastUsers.get(leaf.slot) === rule) return;
      lastUsers.set(leaf.slot, rule);
      users.set(leaf.slot, (users.get(leaf.slot) ?? 0) + 1);
    };
    // A rule that comes with its witness is not compiled only to count its fields.
    if (rule.witness === undefined) positiveLeaves(rule.node, use);
    else rule.witness.forEach(use);
  }
  return new Map([...users].map(([slot, count]) => [slot, fieldCost / count]));
}

const fieldCost = 1;

/**
 * A guess before anything is measured: long literals are rare, and what has no literal is common.
 */
export function expectedFrequency(leaf: Leaf): number {
  return leaf.kind === 'presence' ? 1 : leaf.expectedFrequency;
}

/** Every predicate of the rule that can be part of a witness. */
export function positiveLeaves(node: Node, visit: (leaf: Leaf) => void, wanted = true): void {
  switch (node.kind) {
    case 'and':
    case 'or':
      for (const operand of node.operands) positiveLeaves(operand, visit, wanted);
      return;
    case 'not':
      positiveLeaves(node.operand, visit, !wanted);
      return;
    case 'presence':
      if (wanted && node.asks === 'present') visit(node);
      return;
    default:
      if (wanted) visit(node);
  }
}
