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

// Tests are read some at a time: neighbours come from one rule, and are needed together.
const testsPerPart = 32;

/** The tests of all rules, each once, by number. */
export class TestWriter {
  readonly #fields: Names;
  readonly #numbers = new Map<string, number>();

  constructor(fields: Names) {
    this.#fields = fields;
  }

  get count(): number {
    return this.#numbers.size;
  }

  /** Texts of some tests each, so that a pack can be read part by part. */
  get parts(): readonly string[] {
    const tests = [...this.#numbers.keys()];
    const parts: string[] = [];
    for (let at = 0; at < tests.length; at += testsPerPart) {
      parts.push(`[${tests.slice(at, at + testsPerPart).join()}]`);
    }
    return parts;
  }

  numberOf(test: Test): number {
    const text = JSON.stringify(packTest(test, this.#fields));
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

/** How many parts hold so many tests. */
export function testParts(count: number): number {
  return Math.ceil(count / testsPerPart);
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

/** Reads tests when they are asked for; equal tests of different rules are the same object. */
export class TestReader {
  readonly #fields: readonly string[];
  readonly #part: (number: number) => string;
  readonly #tests: (Test | undefined)[];

  constructor(fields: readonly string[], count: number, part: (number: number) => string) {
    this.#fields = fields;
    this.#part = part;
    this.#tests = new Array<Test | undefined>(count).fill(undefined);
  }

  test(number: unknown): Test {
    const place = indexIn(number, this.#tests.length);
    const known = this.#tests[place];
    if (known !== undefined) return known;
    const part = Math.floor(place / testsPerPart);
    const first = part * testsPerPart;
    const packed = listIn(parsed(this.#part(part), 'a test'));
    for (let at = 0; at < packed.length && first + at < this.#tests.length; at++) {
      this.#tests[first + at] ??= unpackTest(packed[at], this.#fields);
    }
    return this.#tests[place] ?? damaged('a test is missing');
  }
}

/** Reads the nodes of a rule, or those that rules share. */
export class NodeReader {
  readonly #tests: TestReader;
  readonly #shared: NodeReader | undefined;
  readonly #nodes: Expression[] = [];
  // Of each node: its tests and joins, wherever they stand, and its levels. Rules are compiled as trees.
  readonly #sizes: number[] = [];
  readonly #depths: number[] = [];

  constructor(value: unknown, tests: TestReader, shared?: NodeReader) {
    this.#tests = tests;
    this.#shared = shared;
    for (const node of listIn(value)) this.#read(listIn(node));
  }

  /** What a reference stands for. Only nodes that were read can be found, so that none is in itself. */
  expression(reference: unknown): Expression {
    if (typeof reference === 'number' && reference < 0) return this.#tests.test(-1 - reference);
    if (typeof reference !== 'string') return elementIn(this.#nodes, reference);
    const shared = this.#shared ?? damaged('a reference leads nowhere');
    return elementIn(shared.#nodes, Number(reference));
  }

  #read(node: readonly unknown[]): void {
    const operands = node.slice(2).map((reference) => this.expression(reference));
    let size = 1 + operands.length;
    let depth = 1;
    for (let at = 2; at < node.length; at++) {
      const reference = node[at];
      if (typeof reference === 'number' && reference < 0) continue;
      const owner = typeof reference === 'string' ? (this.#shared ?? this) : this;
      size += owner.#sizes[Number(reference)] ?? 0;
      depth = Math.max(depth, 1 + (owner.#depths[Number(reference)] ?? 0));
    }
    if (size > testsMax || depth > depthMax) damaged('a rule is too large');
    this.#sizes.push(size);
    this.#depths.push(depth);
    this.#nodes.push(joined(kinds.unpack(node[0]), node[1] === true, operands));
  }
}

function joined(
  kind: Joined['kind'],
  isItem: boolean,
  operands: readonly Expression[],
): Expression {
  if (kind !== 'not') return isItem ? { kind, operands, item: true } : { kind, operands };
  const operand = operands[0] ?? damaged('a negation of nothing');
  return isItem ? { kind, operand, item: true } : { kind, operand };
}
