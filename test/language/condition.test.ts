import { expect } from 'chai';
import fc from 'fast-check';

import { parseCondition } from '../../src/language/condition.ts';
import { buildExpression } from '../../src/language/expression.ts';
import type { ConditionTree, Expression } from '../../src/language/tree.ts';

const names = ['a', 'b', 'c', 'sel_1', 'sel_2', 'sel-3', '_h', '_h2'];

function show(tree: ConditionTree): string {
  switch (tree.kind) {
    case 'selection':
      return tree.name;
    case 'not':
      return `not ${show(tree.operand)}`;
    case 'and':
    case 'or':
      return `${tree.kind}(${tree.operands.map(show).join(' ')})`;
    case 'atLeast':
      return `${String(tree.count)}[${tree.names.join(' ')}]`;
  }
}

const accepted: readonly (readonly [id: string, text: string, expected: string])[] = [
  ['C1', 'a', 'a'],
  ['C1', 'a or b and c', 'or(a and(b c))'],
  ['C1', 'a and b or c', 'or(and(a b) c)'],
  ['C1', '(a or b) and c', 'and(or(a b) c)'],
  ['C1', 'not a and b', 'and(not a b)'],
  ['C1', 'not (a and b)', 'not and(a b)'],
  ['C1', 'not not a', 'not not a'],
  ['C1', 'not 1 of sel_*', 'not 1[sel_1 sel_2]'],
  ['C1', 'a\n  and\tb', 'and(a b)'],
  ['C1', '((a))', 'a'],
  ['C1', 'a and(b)or(c)', 'or(and(a b) c)'],
  ['C3', 'sel-3', 'sel-3'],
  ['C4', '1 of them', '1[a b c sel_1 sel_2 sel-3]'],
  ['C4', 'any of them', '1[a b c sel_1 sel_2 sel-3]'],
  ['C4', 'all of them', '6[a b c sel_1 sel_2 sel-3]'],
  ['C5', '1 of sel_*', '1[sel_1 sel_2]'],
  ['C5', 'all of *_2', '1[sel_2]'],
  ['C5', 'all of s*_*', '2[sel_1 sel_2]'],
  ['C5', 'all of sel*', '3[sel_1 sel_2 sel-3]'],
  ['C5', '1 of _*', '1[_h _h2]'],
  ['C5', '1 of _h*', '1[_h _h2]'],
  ['C5', '1 of a', '1[a]'],
  ['C6', '2 of sel*', '2[sel_1 sel_2 sel-3]'],
];

const refused: readonly (readonly [id: string, text: string, code: string, index: number])[] = [
  ['C1', '', 'condition-syntax', 0],
  ['C1', 'a and', 'condition-syntax', 5],
  ['C1', 'a b', 'condition-syntax', 2],
  ['C1', '(a', 'condition-syntax', 0],
  ['C1', 'a)', 'condition-syntax', 1],
  ['C1', 'and a', 'condition-syntax', 0],
  ['C1', 'not', 'condition-syntax', 3],
  ['C1', 'a & b', 'condition-syntax', 2],
  ['C3', '1 of sel-*', 'condition-syntax', 5],
  ['C5', '1 of *h*', 'condition-selector', 5],
  ['C6', '4 of sel*', 'condition-selector', 5],
  ['C7', '1 of nope_*', 'condition-selector', 5],
  ['C7', 'all of nope_*', 'condition-selector', 7],
  ['C8', 'a and nope', 'unknown-selection', 6],
  ['C8', 'sel*', 'unknown-selection', 0],
  ['C10', 'a | count() by b > 5', 'condition-aggregation', 2],
  ['C10', 'a | near b', 'condition-aggregation', 2],
  ['C11', '1 of (a, b)', 'condition-syntax', 5],
  ['depth', `${'('.repeat(65)}a${')'.repeat(65)}`, 'condition-too-large', 65],
  ['depth', 'not '.repeat(65) + 'a', 'condition-too-large', 260],
  ['size', 'a and '.repeat(10_000) + 'a', 'condition-too-large', 60_000],
];

describe('conditions', () => {
  for (const [id, text, expected] of accepted) {
    it(`${id} ${JSON.stringify(text)}`, () => {
      const { tree, problems } = parseCondition(text, names);
      expect(problems).to.deep.equal([]);
      expect(tree === undefined ? '' : show(tree)).to.equal(expected);
    });
  }

  for (const [id, text, code, index] of refused) {
    it(`${id} refuses ${JSON.stringify(text.slice(0, 30))}`, () => {
      const { tree, problems } = parseCondition(text, names);
      expect(problems.map((problem) => [problem.code, problem.index])).to.deep.equal([
        [code, index],
      ]);
      expect(tree).to.equal(undefined);
    });
  }

  for (const [text, expected, warnings] of [
    ['a AND NOT b', 'and(a not b)', 2],
    ['1 OF sel_*', '1[sel_1 sel_2]', 1],
    ['ALL of sel_*', '2[sel_1 sel_2]', 1],
  ] as const) {
    it(`C2 ${text} is read, with warnings`, () => {
      const { tree, problems } = parseCondition(text, names);
      expect(tree === undefined ? '' : show(tree)).to.equal(expected);
      expect(problems.map(({ code }) => code)).to.deep.equal(
        new Array(warnings).fill('upper-case-keyword'),
      );
    });
  }

  it('C2 a selection may be called AND', () => {
    const { tree, problems } = parseCondition('AND and OR', ['AND', 'OR']);
    expect(problems).to.deep.equal([]);
    expect(tree === undefined ? '' : show(tree)).to.equal('and(AND OR)');
  });

  it('selectors over very many selections are refused, not computed', () => {
    const many = Array.from({ length: 5000 }, (_, index) => `s${String(index)}`);
    const text = Array.from({ length: 5000 }, () => '1 of s1').join(' or ');
    const { problems } = parseCondition(text, many);
    expect(problems.map(({ code }) => code)).to.deep.equal(['condition-too-large']);
  });

  it('a condition never throws', () => {
    const word = fc.constantFrom(
      ...names,
      'and',
      'or',
      'not',
      '(',
      ')',
      '1',
      'all',
      'of',
      'them',
      '*',
      '|',
      '',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(word, fc.string({ maxLength: 4 })), { maxLength: 30 }),
        (words) => {
          const { tree, problems } = parseCondition(words.join(' '), names);
          expect(tree === undefined).to.equal(
            problems.some(({ code }) => code !== 'upper-case-keyword'),
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('every tree reads back from its text', () => {
    const leaf = fc.constantFrom(...names);
    const { text } = fc.letrec<{ text: string }>((tie) => ({
      text: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc
          .tuple(tie('text'), fc.constantFrom('and', 'or'), tie('text'))
          .map(([left, word, right]) => `(${left} ${word} ${right})`),
        tie('text').map((inner) => `not (${inner})`),
      ),
    }));
    fc.assert(
      fc.property(text, fc.infiniteStream(fc.boolean()), (condition, stream) => {
        const given = new Map(names.map((name) => [name, stream.next().value]));
        const { tree } = parseCondition(condition, names);
        const script = condition
          .replaceAll(/\band\b/g, '&&')
          .replaceAll(/\bor\b/g, '||')
          .replaceAll(/\bnot\b/g, '!')
          .replaceAll(/[a-z_][a-z0-9_-]*/g, (name) => String(given.get(name)));
        const expected = new Function(`return ${script}`)() as boolean;
        expect(tree === undefined ? undefined : evaluate(tree, given)).to.equal(expected);
      }),
      { numRuns: 500 },
    );
  });
});

function evaluate(tree: ConditionTree, given: ReadonlyMap<string, boolean>): boolean {
  switch (tree.kind) {
    case 'selection':
      return given.get(tree.name) ?? false;
    case 'not':
      return !evaluate(tree.operand, given);
    case 'and':
      return tree.operands.every((operand) => evaluate(operand, given));
    case 'or':
      return tree.operands.some((operand) => evaluate(operand, given));
    case 'atLeast':
      return tree.names.filter((name) => given.get(name)).length >= tree.count;
  }
}

describe('expressions of conditions', () => {
  const letters = ['a', 'b', 'c', 'd'];
  const selections = new Map<string, Expression>(
    letters.map((name) => [name, { kind: 'field', field: name, match: { kind: 'null' } }]),
  );

  // C6: the expression must agree with counting, for every number of true selections.
  for (const count of [1, 2, 3, 4]) {
    it(`C6 ${String(count)} of 4 counts`, () => {
      const built = buildExpression({ kind: 'atLeast', count, names: letters }, selections);
      if ('reason' in built) throw new Error(built.reason);
      for (let bits = 0; bits < 16; bits++) {
        const holds = new Set(letters.filter((_, index) => (bits >> index) & 1));
        expect(holdsFor(built.expression, holds)).to.equal(holds.size >= count);
      }
    });
  }

  it('C6 refuses a choice with too many combinations', () => {
    const twelve = new Map<string, Expression>(
      Array.from({ length: 12 }, (_, index) => [String(index), { kind: 'or', operands: [] }]),
    );
    const built = buildExpression({ kind: 'atLeast', count: 6, names: [...twelve.keys()] }, twelve);
    expect(built).to.deep.equal({ reason: 'an "of" stands for more than 256 combinations' });
  });

  it('refuses a large selection that is used many times', () => {
    const one = selections.get('a');
    if (one === undefined) throw new Error('no selection');
    const large = new Map<string, Expression>([
      ['a', { kind: 'or', operands: new Array<Expression>(2000).fill(one) }],
    ]);
    const operands = new Array<ConditionTree>(100).fill({ kind: 'selection', name: 'a' });
    expect(buildExpression({ kind: 'and', operands }, large)).to.deep.equal({
      reason: 'the condition stands for more than 100000 tests',
    });
  });
});

function holdsFor(expression: Expression, holds: ReadonlySet<string>): boolean {
  switch (expression.kind) {
    case 'and':
      return expression.operands.every((operand) => holdsFor(operand, holds));
    case 'or':
      return expression.operands.some((operand) => holdsFor(operand, holds));
    case 'field':
      return holds.has(expression.field);
    default:
      throw new Error(expression.kind);
  }
}
