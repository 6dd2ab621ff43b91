import { expect } from 'chai';
import fc from 'fast-check';

import { Assembly, ASSEMBLY_LIMITS } from '../../src/decoders/assembly.ts';
import { findDecoder } from '../../src/decoders/index.ts';
import type { RawRecord } from '../../src/event/record.ts';
import { decodeLines, recordOf } from './fixtures.ts';

const decoder = findDecoder('auditd');
if (decoder === undefined) throw new Error('no decoder of audit logs');

/** The lines of one launch. */
function launch(serial: number, second = 0): readonly string[] {
  const id = `msg=audit(17810000${String(second).padStart(2, '0')}.000:${serial}):`;
  return [
    `type=SYSCALL ${id} arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=${serial} exe="/bin/x${serial}"`,
    `type=EXECVE ${id} argc=2 a0="x${serial}" a1="${serial}"`,
    `type=PROCTITLE ${id} proctitle="x${serial}"`,
  ];
}

function commandLines(lines: readonly string[]): readonly string[] {
  return decodeLines(decoder ?? never(), lines).map((result) => {
    const { process } = result as unknown as { readonly process?: { commandLine?: string } };
    return process?.commandLine ?? '';
  });
}

function never(): never {
  throw new Error('unreachable');
}

function linesOf(records: readonly RawRecord[]): readonly string[] {
  return records.map((record) => new TextDecoder().decode(record.payload ?? undefined));
}

const part = (key: string, time: number, host = 'h'): Parameters<Assembly['add']>[1] => ({
  key,
  host,
  time,
  isLast: false,
  line: key,
});

describe('assembly of audit events', () => {
  it('puts events together whose lines come in between each other', () => {
    const lines = fc.sample(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }), {
      numRuns: 50,
      seed: 7,
    });
    for (const order of lines) {
      const all = [...launch(101), ...launch(102)];
      const shuffled = order.map((index) => all[index] ?? '');
      // The end of an event comes last of its lines, as the kernel writes them.
      const [ends, parts] = [true, false].map((isEnd) =>
        shuffled.filter((line) => line.startsWith('type=PROCTITLE') === isEnd),
      );
      const found = commandLines([...(parts ?? []), ...(ends ?? [])]);
      expect([...found].sort(), shuffled.join('\n')).to.deep.equal(['x101 101', 'x102 102']);
    }
  });

  it('lets go of an event without an end when later ones are two seconds on', () => {
    const [call = '', args = ''] = launch(1, 0);
    const assembly = new Assembly();
    const seen: number[] = [];
    const feed = (line: string): void => {
      decoder.decode(recordOf(line, 1), (event) => seen.push(event.time), assembly);
    };
    feed(call);
    feed(args);
    feed(launch(2, 2)[0] ?? '');
    expect(seen).to.deep.equal([]);
    feed(launch(3, 3)[0] ?? '');
    expect(seen).to.deep.equal([1781000000000]);
    expect(assembly.size).to.equal(2);
  });

  it('keeps events of two machines and of two files apart', () => {
    const [call = '', args = ''] = launch(1);
    const lines = [`node=a ${call}`, `node=b ${call}`, `node=a ${args}`, `node=b ${args}`];
    expect(commandLines(lines)).to.deep.equal(['x1 1', 'x1 1']);
    const assembly = new Assembly();
    assembly.add(recordOf(call, 1, '/var/log/a'), part('1', 0));
    assembly.add(recordOf(call, 1, '/var/log/b'), part('1', 0));
    expect(assembly.size).to.equal(2);
  });

  it('one host, whatever its clock says, does not cut short the events of another', () => {
    const limits = { ...ASSEMBLY_LIMITS, groupsPerHostMax: 2 };
    const assembly = new Assembly(limits);
    assembly.add(recordOf('x', 1), part('1', 0, 'slow'));
    const out = [1, 2, 3].flatMap((key) =>
      linesOf(assembly.add(recordOf('x', 2), part(`ahead-${key}`, 9_000_000, 'fast'))),
    );
    expect(out).to.deep.equal(['ahead-1']);
    const after = assembly.add(recordOf('x', 3), part('2', 2001, 'slow'));
    expect(linesOf(after)).to.deep.equal(['1']);
  });

  it('two machines that only their keys tell apart may use the same number', () => {
    const assembly = new Assembly();
    const seen: string[] = [];
    const lines = launch(7);
    for (const [index, line] of lines.entries()) {
      for (const host of ['a', 'b']) {
        const record = { ...recordOf(line, index + 1), key: new TextEncoder().encode(host) };
        decoder.decode(record, (event) => seen.push(event.host), assembly);
      }
    }
    expect(seen).to.deep.equal(['a', 'b']);
  });

  it('does not wait for ever for a host that fell silent while others go on', () => {
    const assembly = new Assembly({ ...ASSEMBLY_LIMITS, partsBetweenMax: 3 });
    const out = ['silent', 'b', 'c', 'd', 'e', 'f'].map(
      (host) => assembly.add(recordOf('x', 1), part(host, 0, host)).length,
    );
    expect(out).to.deep.equal([0, 0, 0, 0, 0, 1]);
  });

  it('lets everything go when nothing has come for two seconds, however they were measured', () => {
    const assembly = new Assembly();
    assembly.add(recordOf('x', 1), part('1', 0));
    expect(linesOf(assembly.elapse(1500))).to.deep.equal([]);
    assembly.add(recordOf('x', 2), part('2', 0));
    expect(linesOf(assembly.elapse(1500))).to.deep.equal([]);
    expect(linesOf(assembly.elapse(501))).to.deep.equal(['1', '2']);
  });

  it('goes on from its snapshot as if it had never stopped', () => {
    const limits = { ...ASSEMBLY_LIMITS, groupsMax: 4, groupsPerHostMax: 3, linesPerGroupMax: 3 };
    const steps = fc.array(
      fc.tuple(fc.nat(4), fc.nat(5000), fc.constantFrom('a', 'b'), fc.boolean()),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(steps, (parts) => {
        const one = new Assembly(limits);
        let other = new Assembly(limits);
        for (const [index, [key, time, host, isStopped]] of parts.entries()) {
          if (isStopped) {
            const stored = JSON.parse(JSON.stringify(other.snapshot())) as never;
            other = new Assembly(limits);
            other.restore(stored);
          }
          const record = {
            ...recordOf('x', index),
            key: Uint8Array.of(255, index),
            recordTime: time,
          };
          const [expected, found] = [one, other].map((each) =>
            time % 7 === 0 ? each.elapse(time) : each.add(record, part(`${key}`, time, host)),
          );
          expect(found).to.deep.equal(expected);
        }
        expect(other.close()).to.deep.equal(one.close());
      }),
    );
  });

  it('is decoded again from its own record alone', () => {
    const assembly = new Assembly();
    const records: RawRecord[] = [];
    launch(9).forEach((line, index) => {
      decoder.decode(
        recordOf(line, index + 1),
        (event) => records.push(event.origin.record),
        assembly,
      );
    });
    const [record] = records;
    expect(record?.position.offset).to.equal(3);
    const again: string[] = [];
    decoder.decode(record ?? never(), (event) => again.push(String(event.get('CommandLine'))));
    expect(again).to.deep.equal(['x9 9']);
  });

  it('holds no more than its limits say, and loses nothing', () => {
    const limits = { ...ASSEMBLY_LIMITS, groupsMax: 3, linesPerGroupMax: 4, bytesPerGroupMax: 12 };
    const assembly = new Assembly(limits);
    const property = fc.property(
      fc.array(fc.tuple(fc.nat(9), fc.nat(5000)), { maxLength: 60 }),
      (parts) => {
        const out: string[] = [];
        for (const [key, time] of parts) {
          out.push(...linesOf(assembly.add(recordOf('x', 1), part(`key-${key}`, time))));
          expect(assembly.size).to.be.at.most(3);
        }
        out.push(...linesOf(assembly.close()));
        const lines = out.flatMap((record) => record.split('\n')).sort();
        expect(lines).to.deep.equal(parts.map(([key]) => `key-${key}`).sort());
        expect(assembly.size).to.equal(0);
      },
    );
    fc.assert(property);
  });
});
