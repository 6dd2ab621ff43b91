import { expect } from 'chai';
import fc from 'fast-check';
import { AssertionFailure } from '../../src/base/assert.ts';
import type { Account, Host, Program } from '../../src/simulation/action.ts';
import { encodeBase64, encodeCommand, encodeText } from '../../src/simulation/base64.ts';
import { nameProcesses } from '../../src/simulation/host.ts';
import { createRandom } from '../../src/simulation/prng.ts';
import { createStage } from '../../src/simulation/stage.ts';
import type { Stage } from '../../src/simulation/stage.ts';

describe('random numbers of simulations', () => {
  it('are the same for the same seed and others for another', () => {
    const draw = (seed: string): string => createRandom(seed).hex(64);
    expect(draw('a')).to.equal(draw('a'));
    expect(draw('a')).not.to.equal(draw('b'));
  });

  it('do not change in a fork when the parent is asked more often', () => {
    const asked = createRandom('a');
    asked.hex(40);
    expect(asked.fork('x').hex(16)).to.equal(createRandom('a').fork('x').hex(16));
  });

  it('reach both ends of a range and nothing outside', () => {
    const random = createRandom('range');
    const drawn = new Set(Array.from({ length: 400 }, () => random.integer(-1, 3)));
    expect([...drawn].toSorted((a, b) => a - b)).to.deep.equal([-1, 0, 1, 2, 3]);
  });
});

describe('base64 of simulations', () => {
  it('is what Node writes, for all bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(encodeBase64(bytes)).to.equal(Buffer.from(bytes).toString('base64'));
      }),
      { numRuns: 300 },
    );
  });

  it('takes text as UTF-8 and commands as UTF-16', () => {
    expect(encodeText('Köln')).to.equal('S8O2bG4=');
    expect(encodeCommand('dir ö')).to.equal(Buffer.from('dir ö', 'utf16le').toString('base64'));
  });
});

describe('names of processes', () => {
  const account: Account = {
    domain: 'D',
    name: 'n',
    id: 'S-1',
    logon: '0x1',
    session: 1,
    integrity: 'Medium',
  };
  const host: Host = {
    name: 'H',
    system: 'windows',
    address: '10.0.0.1',
    machine: '01020304',
    audits: () => false,
  };
  const program: Program = {
    path: 'C:\\p.exe',
    description: '-',
    product: '-',
    company: '-',
    version: '-',
    originalName: 'p.exe',
  };
  const stageOf = (): Stage => createStage(host, account, createRandom('stage'));

  it('give no pid to two processes at once, and one that ended again after a rest', () => {
    const stage = stageOf();
    const runs = Array.from({ length: 200 }, (_, index) =>
      stage.run(index * 5_000, 12_000, program, {}),
    );
    const actions = stage.actions.toSorted((a, b) => a.time - b.time);
    const names = nameProcesses(actions);
    const freeFrom = new Map<number, number>();
    let reused = 0;
    for (const run of runs) {
      const { pid } = names.identity(run);
      expect(pid % 4).to.equal(0);
      const free = freeFrom.get(pid);
      if (free !== undefined) {
        reused += 1;
        expect(run.start).to.be.at.least(free);
      }
      freeFrom.set(pid, run.start + 12_000);
    }
    expect(reused).to.be.above(50);
  });

  it('write the start into the GUID, words swapped as Sysmon does', () => {
    const stage = stageOf();
    const run = stage.launch(0x5f69_2271 * 1000, program, {});
    expect(nameProcesses(stage.actions).identity(run).guid).to.match(
      /^\{01020304-2271-5f69-[0-9a-f]{4}-0{8}1f00\}$/,
    );
  });

  for (const [what, tell] of [
    ['acts before its launch', (stage: Stage) => void stage.run(10, 5, program, {})],
    [
      'acts after its end',
      (stage: Stage) => {
        const run = stage.run(10, 5, program, {});
        stage.act(20, run, { kind: 'read', path: 'C:\\x' });
      },
    ],
  ] as const) {
    it(`refuses a story in which a process ${what}`, () => {
      const stage = stageOf();
      tell(stage);
      const told = what.includes('before') ? stage.actions.toReversed() : stage.actions;
      expect(() => nameProcesses(told)).to.throw(AssertionFailure, what);
    });
  }
});
