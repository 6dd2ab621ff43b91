import type { Expression } from '../tree.ts';
import { damaged, elementIn, indexIn, listIn, parsed, word } from './codec.ts';
import type { Names } from './names.ts';
import { packTest, unpackTest } from './tests.ts';
import type { Test } from './tests.ts';

type Joined = Exclude<Expression, Test>;

// What a rule of a pack may grow to. Linking allows 100,000 tests a condition; filters add theirs.
const testsMax = 4_000_000;
const depthMax = 1000;

const kinds = word(['and', 'or', 'not']);

/**
 * The tests of all rules, each once, by number. A text is the JSON of one of them, so that a pack can be
 * read test by test.
 */
export class TestWriter {
  readonly #fields: Names;
  readonly #numbers = new Map<string, number>();

  constructor(fields: Names) {
    this.#fields = fields;
  }

  /** The texts of all tests, at the places of their numbers. */
  get texts(): readonly string[] {
    return [...this.#numbers.keys()];
  }

  numberOf(test: Test): number {
    const text = JSON.stringify(packTest(test, this.#fields));
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

/** What stands for an expression: see `ExpressionWriter`. */
type Reference = number | string;

/**
 * Writes expressions that share parts: a list of nodes, each a kind, whether it is an item, and its
 * operands. An operand is the number of a node before it, or below zero the complement of a test's, or
 * as text the number of a node that several rules share.
 */
export class ExpressionWriter {
  readonly #tests: TestWriter;
  readonly #shared: SharedWriter | undefined;
  readonly #known = new Map<Expression, number>();
  readonly nodes: (readonly unknown[])[] = [];

  constructor(tests: TestWriter, shared?: SharedWriter) {
    this.#tests = tests;
    this.#shared = shared;
  }

  referenceTo(expression: Expression): Reference {
    const known = this.#known.get(expression) ?? this.#shared?.referenceTo(expression);
    if (known !== undefined) return known;
    const number = isJoined(expression)
      ? this.#join(expression)
      : ~this.#tests.numberOf(expression);
    this.#known.set(expression, number);
    return number;
  }

  #join(expression: Joined): number {
    const operands = expression.kind === 'not' ? [expression.operand] : expression.operands;
    const references = operands.map((operand) => this.referenceTo(operand));
    this.nodes.push([expression.kind, expression.item === true, ...references]);
    return this.nodes.length - 1;
  }
}

/** Writes what filters put into many rules, once. */
export class SharedWriter {
  readonly #writer: ExpressionWriter;
  readonly #uses = new Map<Expression, number>();

  /** Rules are given as the expressions of their conditions. */
  constructor(tests: TestWriter, rules: readonly (readonly Expression[])[]) {
    this.#writer = new ExpressionWriter(tests);
    for (const expressions of rules) {
      for (const part of new Set(expressions.flatMap(operandsOf))) {
        if (isJoined(part)) this.#uses.set(part, (this.#uses.get(part) ?? 0) + 1);
      }
    }
  }

  get nodes(): readonly unknown[] {
    return this.#writer.nodes;
  }

  /** Undefined unless several rules have the expression. */
  referenceTo(expression: Expression): string | undefined {
    if ((this.#uses.get(expression) ?? 0) < 2) return undefined;
    return String(this.#writer.referenceTo(expression));
  }
}

function operandsOf(expression: Expression): readonly Expression[] {
  return expression.kind === 'and' ? expression.operands : [];
}

function isJoined(expression: Expression): expression is Joined {
  return expression.kind === 'and' || expression.kind === 'or' || expression.kind === 'not';
}

/** Reads tests one by one; equal tests of different rules are the same object. */
export class TestReader {
  readonly #fields: readonly string[];
  readonly #text: (number: number) => string;
  readonly #tests: (Test | undefined)[];

  constructor(fields: readonly string[], count: number, text: (number: number) => string) {
    this.#fields = fields;
    this.#text = text;
    this.#tests = new Array<Test | undefined>(count).fill(undefined);
  }

  test(number: number): Test {
    const place = indexIn(number, this.#tests.length);
    return (this.#tests[place] ??= unpackTest(parsed(this.#text(place), 'a test'), this.#fields));
  }
}

interface ReadNode {
  readonly expression: Expression;
  readonly size: number;
  readonly depth: number;
}

/** Reads the nodes of a rule, or those that rules share. */
export class NodeReader {
  readonly #tests: TestReader;
  readonly #shared: NodeReader | undefined;
  readonly #nodes: ReadNode[] = [];

  constructor(value: unknown, tests: TestReader, shared?: NodeReader) {
    this.#tests = tests;
    this.#shared = shared;
    for (const node of listIn(value)) this.#nodes.push(this.#read(node));
  }

  /** What a reference stands for. */
  expression(reference: unknown): Expression {
    return this.#find(reference).expression;
  }

  // Only nodes before the one that is read can be found, so that no node is inside itself.
  #find(reference: unknown): ReadNode {
    if (typeof reference === 'string') {
      const shared = this.#shared ?? damaged('a reference leads nowhere');
      return elementIn(shared.#nodes, Number(reference));
    }
    if (typeof reference !== 'number' || reference >= 0) return elementIn(this.#nodes, reference);
    return { expression: this.#tests.test(-1 - reference), size: 1, depth: 1 };
  }

  // Shared parts count wherever they stand, because rules are compiled as trees.
  #read(node: unknown): ReadNode {
    const [kind, isItem, ...references] = listIn(node);
    const operands: Expression[] = [];
    let size = 1;
    let depth = 1;
    for (const reference of references) {
      const found = this.#find(reference);
      operands.push(found.expression);
      size += found.size;
      depth = Math.max(depth, found.depth + 1);
    }
    if (size > testsMax || depth > depthMax) damaged('a rule is too large');
    return { expression: joined(kinds.unpack(kind), isItem === true, operands), size, depth };
  }
}

function joined(
  kind: Joined['kind'],
  isItem: boolean,
  operands: readonly Expression[],
): Expression {
  const mark = isItem ? ({ item: true } as const) : {};
  if (kind !== 'not') return { kind, operands, ...mark };
  const [operand] = operands;
  return operand === undefined ? damaged('a negation of nothing') : { kind, operand, ...mark };
}
