import type { Expression } from '../../language/tree.ts';

/** Calls back with every field that the expression reads. */
export function eachField(expression: Expression, visit: (field: string) => void): void {
  switch (expression.kind) {
    case 'and':
    case 'or':
      for (const operand of expression.operands) eachField(operand, visit);
      return;
    case 'not':
      eachField(expression.operand, visit);
      return;
    case 'exists':
      visit(expression.field);
      return;
    case 'field':
    case 'keyword':
      if (expression.kind === 'field') visit(expression.field);
      if (expression.match.kind === 'fieldref') visit(expression.match.field);
      return;
  }
}
