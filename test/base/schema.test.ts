import { expect } from 'chai';

import { SchemaCheck } from '../../src/base/schema.ts';

const check = new SchemaCheck({
  type: 'object',
  required: ['a'],
  properties: {
    a: { type: 'string' },
    b: { type: 'array', items: { enum: ['x', 'y'] } },
    'c/d~e': { type: 'number' },
    f: { anyOf: [{ type: 'string' }, { type: 'object', required: ['g'] }] },
  },
  additionalProperties: false,
});

describe('schema checks', () => {
  const rows: readonly (readonly [value: unknown, problems: readonly string[]])[] = [
    [{ a: 'x' }, []],
    [{ a: 'x', b: ['x', 'y'], f: { g: 1 } }, []],
    [{}, [": must have required property 'a'"]],
    [{ a: 1 }, ['a: must be string']],
    [{ a: 1, b: ['x', 'z'] }, ['a: must be string', 'b.1: must be one of x, y']],
    [{ a: 'x', q: 1 }, ['q: is not a known key']],
    [{ a: 'x', 'c/d~e': 'z' }, ['c/d~e: must be number']],
    [{ a: 'x', f: 5 }, ['f: has none of the allowed forms']],
    [{ a: 'x', f: {} }, ['f: has none of the allowed forms']],
    [null, [': must be object']],
  ];
  for (const [value, expected] of rows) {
    it(JSON.stringify(value), () => {
      const problems = check
        .problems(value)
        .map(({ path, message }) => `${path.join('.')}: ${message}`);
      expect([...problems].sort()).to.deep.equal([...expected].sort());
    });
  }
});
