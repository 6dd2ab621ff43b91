import type { Expression, Match } from '../../language/tree.ts';
import type { Catalogue } from './catalogue.ts';
import { Slot } from './frame.ts';
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

/**
 * Compiles expressions; equal predicates, of whatever rule, become one leaf, and a field is one
 * slot.
 */
export class Compiler {
  readonly #catalogue: Catalogue;
  readonly #slots = new Map<string, Slot>();
  /** Every field that a compiled expression reads. */
  readonly slots: Slot[] = [];
  readonly #leaves = new Map<string, Leaf>();
  readonly #slotOf = (field: string): Slot => this.#slot(field);

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /** The expression, without placeholders, as a tree of nodes. */
  compile(expression: Expression): Node {
    switch (expression.kind) {
      case 'and':
      case 'or':
        return join(
          expression.kind,
          expression.operands.map((operand) => this.compile(operand)),
        );
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

  #field(field: string, match: Match): Node {
    if (match.kind === 'null') return this.#presence(field, 'empty');
    const make = (): Leaf => new FieldLeaf(this.#slot(field), match, this.#slotOf);
    return this.#leaf(keyOf('field', field, match), make);
  }

  #keyword(match: Match): Node {
    const make = (): Leaf => new KeywordLeaf(match, this.#slotOf);
    return this.#leaf(keyOf('keyword', '', match), make);
  }

  #presence(field: string, asks: 'present' | 'empty'): Node {
    return this.#leaf(`${asks} ${field}`, () => new PresenceLeaf(this.#slot(field), asks));
  }

  #leaf(key: string, make: () => Leaf): Leaf {
    let leaf = this.#leaves.get(key);
    if (leaf === undefined) {
      leaf = make();
      this.#leaves.set(key, leaf);
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

// Texts are preceded by their length, so that no two different predicates have one key. Texts are by
// far the most; the other normal matches hold no bigint, since numbers have become text.
function keyOf(kind: 'field' | 'keyword', field: string, match: Match): string {
  const head = `${kind} ${field.length}:${field} ${match.kind} `;
  if (match.kind !== 'text') return head + JSON.stringify(match);
  let key = match.cased ? `${head}cased` : head;
  for (const part of match.pattern) {
    key += part.kind === 'literal' ? `=${part.text.length}:${part.text}` : part.kind;
  }
  return key;
}

function join(kind: 'and' | 'or', operands: readonly Node[]): Node {
  const flat = operands.flatMap((operand) =>
    operand.kind === kind ? operand.operands : [operand],
  );
  const [only] = flat;
  if (only !== undefined && flat.length === 1) return only;
  const distinct = [...new Set(flat)].sort((left, right) => effort(left) - effort(right));
  return kind === 'and' ? new Conjunction(distinct) : new Disjunction(distinct);
}

// The cheapest operand is asked first. What enrichments compute comes last: it may never be needed.
function effort(node: Node): number {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.operands.reduce((sum, operand) => sum + effort(operand), 1);
    case 'not':
      return effort(node.operand);
    case 'keyword':
      return 50;
    case 'presence':
      return node.slot.derived ? 1000 : 1;
    case 'field':
      return (node.slot.derived ? 1000 : 0) + (effortOfMatch.get(node.match.kind) ?? 10);
  }
}

const effortOfMatch: ReadonlyMap<Match['kind'], number> = new Map([
  ['text', 2],
  ['compare', 3],
  ['fieldref', 5],
  ['cidr', 8],
  ['regex', 20],
]);
