import { expect } from 'chai';

import { CASE_START } from '../../src/workbench/test-events.ts';
import { readTestFile } from '../../src/workbench/test-file.ts';
import { readOffset } from '../../src/workbench/test-offset.ts';

describe('times of test cases', () => {
  // [text, ms]
  const table: readonly (readonly [unknown, number | undefined])[] = [
    ['0s', 0],
    ['1.5s', 1500],
    ['29.5s', 29_500],
    ['500ms', 500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['9d', 777_600_000],
    ['59s999ms', 59_999],
    ['4m59s999ms', 299_999],
    ['0.001s', 1],
    ['', undefined],
    ['5', undefined],
    ['-5s', undefined],
    ['5s ', undefined],
    ['5x', undefined],
    ['1..5s', undefined],
    [5, undefined],
    [undefined, undefined],
  ];
  for (const [text, ms] of table) {
    it(`${JSON.stringify(text)} is ${String(ms)}`, () => {
      expect(readOffset(text)).to.equal(ms);
    });
  }
});

function events(entry: string): ReturnType<typeof readTestFile>['cases'][number]['events'] {
  const read = readTestFile(`cases:\n  - name: x\n    events:\n      - ${entry}\n    expect: []`);
  expect(read.problems).to.deep.equal([]);
  return read.cases[0]?.events ?? [];
}

describe('test files', () => {
  it('an event becomes one with Sigma fields, process and log source', () => {
    const [event] = events(
      '{ at: 2s, category: file_access, product: linux, service: audit, host: h, process: /bin/a, pid: 7, guid: g, ' +
        'command_line: a -x, signer: S, user: ana, parent: /bin/b, parent_pid: 6, parent_guid: f, ' +
        'parent_command_line: b, path: /x, Extra.field: 5 }',
    );
    expect(event?.time).to.equal(CASE_START + 2000);
    expect(event?.host).to.equal('h');
    expect(event?.activity).to.equal('file_read');
    expect(event?.logsource).to.deep.equal({
      product: 'linux',
      categories: ['file_access'],
      services: ['audit'],
    });
    const fields = {
      Image: '/bin/a',
      ProcessId: 7,
      ProcessGuid: 'g',
      CommandLine: 'a -x',
      User: 'ana',
      ParentImage: '/bin/b',
      ParentCommandLine: 'b',
      TargetFilename: '/x',
      Computer: 'h',
      'Extra.field': 5,
      at: undefined,
      pid: undefined,
    };
    for (const [name, value] of Object.entries(fields))
      expect(event?.get(name), name).to.equal(value);
    expect(event?.process()).to.deep.equal({
      executable: '/bin/a',
      guid: 'g',
      pid: 7,
      commandLine: 'a -x',
      signer: 'S',
      parent: { executable: '/bin/b', guid: 'f', pid: 6, commandLine: 'b' },
    });
    expect(event?.document()).to.deep.include({ host: { name: 'h' }, file: { path: '/x' } });
  });

  it('a repetition counts from one, in every text', () => {
    const all = events('{ at: 1s, every: 500ms, repeat: 3, path: "/{n}/{n}", A: "x{n}" }');
    expect(all.map(({ time }) => time - CASE_START)).to.deep.equal([1000, 1500, 2000]);
    expect(all.map((event) => event.get('TargetFilename'))).to.deep.equal(['/1/1', '/2/2', '/3/3']);
    expect(all.map((event) => event.get('A'))).to.deep.equal(['x1', 'x2', 'x3']);
    expect(new Set(all.map(({ id }) => id)).size).to.equal(3);
  });

  it('a field of the case can be null, and names of objects are only names', () => {
    const [event] = events('{ A: null, __proto__: x, constructor: y }');
    expect(event?.get('A')).to.equal(null);
    expect(event?.get('__proto__')).to.equal('x');
    expect(event?.get('toString')).to.equal(undefined);
    expect(event?.document()).to.not.have.property('x');
  });

  // [what is wrong, text, message, line]
  const wrong: readonly (readonly [string, string, RegExp, number])[] = [
    ['no YAML', 'cases: [', /./, 1],
    ['no cases', 'x: 1', /list "cases"/, 1],
    ['a case that is no mapping', 'cases:\n  - x', /must be a mapping/, 2],
    ['an unknown key', 'cases:\n  - name: x\n    event: []', /"event" is not known/, 2],
    ['no events', 'cases:\n  - name: x\n    expect: []', /"events" must be a list/, 2],
    ['no expectation', 'cases:\n  - name: x\n    events: []', /"expect" must be a list/, 2],
    ['a broken time', 'cases: [{ events: [{ at: soon }], expect: [] }]', /"at" must be a time/, 1],
    ['a broken step', 'cases: [{ events: [{ every: 5 }], expect: [] }]', /"every" must be/, 1],
    ['a repetition of none', 'cases: [{ events: [{ repeat: 0 }], expect: [] }]', /"repeat"/, 1],
    ['too many events', 'cases: [{ events: [{ repeat: 100001 }], expect: [] }]', /more than/, 1],
    ['a nested field', 'cases: [{ events: [{ A: [1] }], expect: [] }]', /field "A"/, 1],
    ['an alert without time', 'cases: [{ events: [], expect: [{ key: x }] }]', /needs "at"/, 1],
    ['an alert without key', 'cases: [{ events: [], expect: [{ at: 1s }] }]', /needs "key"/, 1],
    ['an unknown word', 'cases: [{ events: [], expect: [{ at: 1s, key: x, n: 1 }] }]', /"n"/, 1],
  ];
  for (const [what, text, message, line] of wrong) {
    it(`name the line of ${what}`, () => {
      const [problem] = readTestFile(text).problems;
      expect(problem?.message).to.match(message);
      expect(problem?.line).to.equal(line);
    });
  }
});
