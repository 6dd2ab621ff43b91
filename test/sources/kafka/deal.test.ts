import { expect } from 'chai';
import fc from 'fast-check';

import {
  decodeClaims,
  encodeClaims,
  type MemberClaims,
} from '../../../src/sources/kafka/claims.ts';
import { dealTasks } from '../../../src/sources/kafka/deal.ts';

function member(name: string, tasks: readonly number[] = [], generation = 1): MemberClaims {
  return { member: name, tasks, generation };
}

function dealt(members: readonly MemberClaims[], tasks: number): Readonly<Record<string, unknown>> {
  return Object.fromEntries(dealTasks(members, tasks));
}

describe('sources: kafka: dealing of tasks', () => {
  const tables: readonly (readonly [
    string,
    readonly MemberClaims[],
    number,
    Readonly<Record<string, readonly number[]>>,
  ])[] = [
    ['one member has all', [member('a')], 3, { a: [0, 1, 2] }],
    ['equal shares', [member('a'), member('b')], 4, { a: [0, 1], b: [2, 3] }],
    ['more members than tasks', [member('a'), member('b')], 1, { a: [0], b: [] }],
    ['what is held stays', [member('a', [2]), member('b', [0])], 3, { a: [1, 2], b: [0] }],
    [
      'what must move is given to nobody while it is claimed',
      [member('a', [0, 1, 2, 3]), member('b')],
      4,
      { a: [0, 1], b: [] },
    ],
    [
      'and to the other one afterwards',
      [member('a', [0, 1]), member('b')],
      4,
      { a: [0, 1], b: [2, 3] },
    ],
    [
      'of two that claim the same, the later round holds',
      [member('a', [0, 1], 4), member('b', [0, 1], 6)],
      2,
      { a: [], b: [0] },
    ],
    ['claims beyond the tasks are nothing', [member('a', [-1, 7])], 1, { a: [0] }],
  ];
  for (const [name, members, tasks, expected] of tables) {
    it(name, () => expect(dealt(members, tasks)).to.deep.equal(expected));
  }

  it('settles in two rounds: every task has one member, shares differ by one at most', () => {
    const claims = fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 8 }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(claims, fc.integer({ min: 0, max: 20 }), (claimed, tasks) => {
        let members = claimed.map((held, index) => member(`m${index}`, held, index));
        for (let round = 0; round < 2; round++) {
          const deal = dealTasks(members, tasks);
          const given = [...deal.values()].flat();
          expect(new Set(given).size, 'nothing twice').to.equal(given.length);
          members = members.map(({ member: name }) =>
            member(name, deal.get(name) ?? [], 9 + round),
          );
        }
        const sizes = members.map(({ tasks: held }) => held.length);
        expect(members.flatMap(({ tasks: held }) => held).toSorted((a, b) => a - b)).to.deep.equal(
          Array.from({ length: tasks }, (_, task) => task),
        );
        expect(Math.max(...sizes) - Math.min(...sizes)).to.be.lessThanOrEqual(1);
        const again = dealTasks(members, tasks);
        for (const { member: name, tasks: held } of members) {
          expect(again.get(name), 'a third round changes nothing').to.have.members([...held]);
        }
      }),
    );
  });

  it('reads its own claims, and takes anything else for none', () => {
    const claims = { generation: 7, tasks: [1, 2] };
    const nothing = { generation: 0, tasks: [] };
    expect(decodeClaims(encodeClaims(claims))).to.deep.equal(claims);
    for (const bytes of [null, Buffer.alloc(0), Buffer.from('[]'), Buffer.from('{"version":2}')]) {
      expect(decodeClaims(bytes)).to.deep.equal(nothing);
    }
    const wrong = Buffer.from('{"version":1,"generation":1,"tasks":["x"]}');
    expect(decodeClaims(wrong)).to.deep.equal(nothing);
  });
});
