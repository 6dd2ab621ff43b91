import type { Expression, Match } from '../../language/tree.ts';
import type { Catalogue } from './catalogue.ts';
import { byEffort } from './effort.ts';
import { Slot } from './frame.ts';
import { Leaves } from './leaves.ts';
import {
  Conjunction,
  Disjunction,
  FieldLeaf,
  KeywordLeaf,
  Negation,
  PresenceLeaf,
} from './nodes.ts';
import type { Leaf, Node } from './nodes.ts';
import { normalMatch } from './value-test.ts';

interface FieldLeaves {
  readonly leaves: Leaves;
  readonly make: (match: Match) => Leaf;
}

/**
 * Compiles expressions; equal predicates, of whatever rule, become one leaf, and a field is one
 * slot.
 */
export class Compiler {
  readonly #catalogue: Catalogue;
  readonly #slots = new Map<string, Slot>();
  /** Every field that a compiled expression reads. */
  readonly slots: Slot[] = [];
  readonly #fields = new Map<string, FieldLeaves>();
  readonly #keywords = new Leaves();
  readonly #presences = {
    present: new Map<string, PresenceLeaf>(),
    empty: new Map<string, PresenceLeaf>(),
  } as const;
  readonly #slotOf = (field: string): Slot => this.#slot(field);
  readonly #makeKeyword = (match: Match): Leaf => new KeywordLeaf(match, this.#slotOf);

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /** The expression, without placeholders, as a tree of nodes. */
  compile(expression: Expression): Node {
    switch (expression.kind) {
      case 'and':
      case 'or':
        return this.#join(expression.kind, expression.operands);
      case 'not': {
        const operand = this.compile(expression.operand);
        return operand.kind === 'not' ? operand.operand : new Negation(operand);
      }
      case 'exists': {
        const leaf = this.#presence(expression.field, 'present');
        return expression.expected ? leaf : new Negation(leaf);
      }
      case 'field':
        return this.#field(expression.field, normalMatch(expression.match));
      case 'keyword':
        return this.#keyword(normalMatch(expression.match));
    }
  }

  #join(kind: 'and' | 'or', operands: readonly Expression[]): Node {
    const distinct = new Set<Node>();
    for (const operand of operands) {
      const node = this.compile(operand);
      if (node.kind !== kind) distinct.add(node);
      else for (const each of node.operands) distinct.add(each);
    }
    const nodes = [...distinct];
    const [only] = nodes;
    if (only !== undefined && nodes.length === 1) return only;
    const sorted = byEffort(nodes);
    return kind === 'and' ? new Conjunction(sorted) : new Disjunction(sorted);
  }

  #field(field: string, match: Match): Node {
    if (match.kind === 'null') return this.#presence(field, 'empty');
    let known = this.#fields.get(field);
    if (known === undefined) {
      const slot = this.#slot(field);
      const make = (each: Match): Leaf => new FieldLeaf(slot, each, this.#slotOf);
      known = { leaves: new Leaves(), make };
      this.#fields.set(field, known);
    }
    return known.leaves.of(match, known.make);
  }

  #keyword(match: Match): Node {
    return this.#keywords.of(match, this.#makeKeyword);
  }

  #presence(field: string, asks: 'present' | 'empty'): Node {
    const known = this.#presences[asks];
    let leaf = known.get(field);
    if (leaf === undefined) {
      leaf = new PresenceLeaf(this.#slot(field), asks);
      known.set(field, leaf);
    }
    return leaf;
  }

  #slot(field: string): Slot {
    let slot = this.#slots.get(field);
    if (slot === undefined) {
      slot = new Slot(field, this.slots.length, this.#catalogue);
      this.slots.push(slot);
      this.#slots.set(field, slot);
    }
    return slot;
  }
}
