import { expect } from 'chai';
import fc from 'fast-check';

import { TaskBoard, type PeekedFile } from '../../../src/runtime/scan/tasks.ts';

function files(...hosts: readonly (readonly string[])[]): readonly PeekedFile[] {
  return hosts.map((names, order) => ({
    path: `f${order}`,
    order,
    bytes: 10 + order,
    firstTime: 0,
    hosts: names,
  }));
}

const paths = (board: TaskBoard): string[] =>
  board.current.map((task) => task.files.map(({ path }) => path).join(' ')).sort();

describe('runtime: which files of a scan are judged together', () => {
  it('keeps files of different hosts apart, and begins with the largest', () => {
    const board = new TaskBoard(files(['a'], ['b'], ['c']), true);
    expect(paths(board)).to.deep.equal(['f0', 'f1', 'f2']);
    expect(board.start()?.files[0]?.path).to.equal('f2');
    expect(board.start()?.files[0]?.path).to.equal('f1');
    expect(board.start()?.files[0]?.path).to.equal('f0');
    expect(board.start()).to.equal(undefined);
  });

  it('joins files that begin with a host of another, over several steps', () => {
    const board = new TaskBoard(files(['a', 'b'], ['x'], ['c', 'd'], ['b', 'c'], []), true);
    expect(paths(board)).to.deep.equal(['f0 f2 f3', 'f1', 'f4']);
  });

  it('does not look at hosts where nothing is remembered', () => {
    expect(paths(new TaskBoard(files(['a'], ['a']), false))).to.deep.equal(['f0', 'f1']);
  });

  it('makes two tasks one when a host turns up in both, which begins anew', () => {
    const board = new TaskBoard(files(['a'], ['b'], ['c']), true);
    const [, second] = [board.start(), board.start(), board.start()];
    const ids = board.current.map(({ id }) => id);
    board.seen(second?.id ?? -1, ['b', 'new', 'a']);
    expect(paths(board)).to.deep.equal(['f0 f1', 'f2']);
    expect(ids.map((id) => board.isVoid(id))).to.deep.equal([true, true, false]);
    expect(board.start()?.files.map(({ path }) => path)).to.deep.equal(['f0', 'f1']);
  });

  it('knows the hosts of tasks that became one', () => {
    const board = new TaskBoard(files(['a'], ['b'], ['c']), true);
    board.seen(0, ['far']);
    board.seen(1, ['a']);
    board.seen(2, ['far']);
    expect(paths(board)).to.deep.equal(['f0 f1 f2']);
  });

  it('stops splitting when more was begun anew than there is to read', () => {
    const board = new TaskBoard(files(...Array.from({ length: 8 }, (_, n) => [`h${n}`])), true);
    let starts = 0;
    for (let next = 1; board.current.length > 1; next += 1) {
      for (let task = board.start(); task !== undefined; task = board.start()) starts += 1;
      const id = board.current.find(({ files: [file] }) => file?.path === 'f0')?.id;
      board.seen(id ?? -1, [`h${next}`]);
    }
    // Eight at first, then one for each join: fewer than the seven that it would take one by one.
    expect(starts).to.be.below(8 + 6);
  });

  it('never leaves a host in two tasks, and never loses a file', () => {
    const host = fc.integer({ min: 0, max: 12 }).map((n) => `h${n}`);
    const sightings = fc.array(fc.tuple(fc.nat(20), fc.array(host, { maxLength: 3 })));
    fc.assert(
      fc.property(
        fc.array(fc.array(host, { maxLength: 3 }), { minLength: 1 }),
        sightings,
        (given, later) => {
          const board = new TaskBoard(files(...given), true);
          const hosts = new Map<string, Set<string>>();
          for (const [order, names] of given.entries()) hosts.set(`f${order}`, new Set(names));
          for (const [pick, names] of later) {
            const task = board.current[pick % board.current.length];
            for (const name of names) hosts.get(task?.files[0]?.path ?? '')?.add(name);
            board.seen(task?.id ?? -1, names);
          }
          const owner = new Map<string, number>();
          for (const { id, files: own } of board.current) {
            for (const { path } of own) {
              for (const name of hosts.get(path) ?? []) {
                expect(owner.get(name) ?? id).to.equal(id);
                owner.set(name, id);
              }
            }
          }
          const all = board.current.flatMap((task) => task.files.map(({ order }) => order));
          expect(all.sort((a, b) => a - b)).to.deep.equal([...given.keys()]);
        },
      ),
    );
  });
});
