import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { Editor } from './editor.ts';

const TOOL = `title: A Tool Starts
id: 0a2ad1f6-3b1c-4a53-8a38-0d2ad7cf3a5b
name: tool_starts
status: test
description: A tool starts.
logsource: { product: windows, category: process_creation }
detection:
  tool: { Image|endswith: '\\tool.exe' }
  condition: tool
level: low
`;

const DRAFT = `title: Tools in a Burst
id: 7bdc9f0e-8a88-4c58-9d5b-77a3a1a6a3aa
status: test
description: Many tools start.
tags:
  - attack.t1048
correlation:
  type: event_count
  rules:
    - tool_starts
  group-by:
    - Computer
  timespan: 10s
  condition: { gte: 3 }
falsepositives: [none]
level: high
---
title: Another
id: 7bdc9f0e-8a88-4c58-9d5b-77a3a1a6a3ab
logsource:
  category: dns_query
detection:
  sel:
    QueryName|endswith: '.example'
    Image|expand: '%tools%'
  condition: sel
status: test
description: A lookup.
tags: [attack.t1071.004]
falsepositives: [none]
level: low
`;

interface Item {
  readonly label: string;
  readonly detail?: string;
  readonly documentation?: string;
  readonly textEdit: { readonly range: { readonly start: { readonly character: number } } };
}

describe('language server', function () {
  this.timeout(60_000);
  let folder: string;
  let path: string;
  let editor: Editor;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-lsp-'));
    mkdirSync(join(folder, 'lists'));
    writeFileSync(
      join(folder, 'lists/tools.yml'),
      'list: tools\nentries:\n  - { about: x, source: y, values: [curl] }\n',
    );
    writeFileSync(join(folder, 'tool.yml'), TOOL);
    path = join(folder, 'draft.yml');
    editor = new Editor();
    await editor.start(folder);
  });
  after(async () => {
    await editor[Symbol.asyncDispose]();
    expect(editor.exitCode).to.equal(0);
    rmSync(folder, { recursive: true, force: true });
  });

  const lineOf = (text: string, fragment: string): number =>
    text.split('\n').findIndex((line) => line.includes(fragment));

  it('finds nothing wrong with a sound rule, and the rule of another file that it counts', async () => {
    expect(await editor.open(path, DRAFT)).to.deep.equal([]);
  });

  it('names problems where they stand while the text changes, and takes them back', async () => {
    const broken = DRAFT.replace('QueryName|endswith', 'QueryName|endwith');
    const [problem, ...more] = await editor.change(path, broken);
    expect(more).to.deep.equal([]);
    expect(problem).to.include({ code: 'unknown-modifier', severity: 1 });
    expect(problem?.range.start).to.deep.equal({ line: lineOf(broken, 'endwith'), character: 4 });
    expect(problem?.message).to.match(/unknown modifier "endwith"\n.*endswith/);
    const [warning] = await editor.change(path, DRAFT.replace('attack.t1048', 'attack.t1562.001'));
    expect(warning).to.include({ code: 'moved-technique', severity: 2 });
    expect(await editor.change(path, DRAFT)).to.deep.equal([]);
  });

  /** What is offered at the end of a line that is written instead of another. */
  async function offered(line: string, written: string): Promise<readonly Item[]> {
    const text = DRAFT.replace(line, () => written);
    await editor.change(path, text);
    const at = lineOf(text, written);
    const character = text.split('\n')[at]?.length ?? 0;
    return (await editor.at('completion', path, { line: at, character })) as readonly Item[];
  }

  // [what, line of the rule, what is written instead, what must be offered, what must not]
  const completions: readonly (readonly [string, string, string, string, string])[] = [
    [
      'fields of the log source',
      "    QueryName|endswith: '.example'",
      '    Query',
      'QueryName',
      'TargetObject',
    ],
    [
      'computed fields',
      "    QueryName|endswith: '.example'",
      '    process.ai',
      'process.ai_agent.name',
      'QueryName',
    ],
    [
      'modifiers',
      "    QueryName|endswith: '.example'",
      '    QueryName|ends',
      'endswith',
      'QueryName',
    ],
    [
      'modifiers after others',
      "    QueryName|endswith: '.example'",
      '    QueryName|wide|base',
      'base64offset',
      'endswith',
    ],
    [
      'lists',
      "    Image|expand: '%tools%'",
      "    Image|expand: '%to",
      '%tools%',
      '%protected_paths%',
    ],
    [
      'techniques by number',
      '  - attack.t1048',
      '  - attack.t1567.0',
      'attack.t1567.002',
      'attack.t1048',
    ],
    [
      'techniques by name',
      '  - attack.t1048',
      '  - cloud storage',
      'attack.t1567.002',
      'attack.t1048',
    ],
    [
      'techniques of ATLAS',
      '  - attack.t1048',
      '  - atlas.aml.t008',
      'atlas.aml.t0086',
      'atlas.aml.t0098',
    ],
    ['rules', '    - tool_starts', '    - tool', 'tool_starts', 'Computer'],
    [
      'fields to group by',
      '    - Computer',
      '    - process.ai',
      'process.ai_agent.name',
      'tool_starts',
    ],
    ['selections', '  condition: sel', '  condition: s', 'sel', 'tool'],
    ['categories', '  category: dns_query', '  category: file_a', 'file_access', 'dns_query'],
    ['levels', 'level: high', 'level: h', 'high', 'test'],
    ['keys', 'level: high', 'autho', 'author', 'level'],
    [
      'types of correlation',
      '  type: event_count',
      '  type: temporal',
      'temporal_ordered',
      'event_count',
    ],
  ];
  for (const [what, line, written, wanted, unwanted] of completions) {
    it(`completes ${what}`, async () => {
      const labels = (await offered(line, written)).map(({ label }) => label);
      expect(labels).to.include(wanted);
      expect(labels).to.not.include(unwanted);
    });
  }

  it('says with a completion which sensors fill the field, and what it replaces', async () => {
    const items = await offered("    QueryName|endswith: '.example'", '    Query');
    const item = items.find(({ label }) => label === 'QueryName');
    expect(item?.detail).to.include('sysmon');
    expect(item?.documentation).to.equal('Name that was looked up.');
    expect(item?.textEdit.range.start.character).to.equal(4);
  });

  // [what, fragment whose middle is hovered, what is said]
  const hovers: readonly (readonly [string, string, RegExp])[] = [
    ['a field', 'QueryName', /Name that was looked up\.\n\nFilled by: .*sysmon/],
    ['a modifier', 'endswith', /The field ends with the value/],
    ['a list', '%tools%', /%tools%\*\*: 1 values\n\n- `curl`/],
    ['a technique', 'attack.t1048', /Exfiltration Over Alternative Protocol/],
    ['a rule', 'tool_starts', /\*\*A Tool Starts\*\* \(low\)\n\nA tool starts\./],
    ['a key', 'falsepositives', /fire the rule wrongly/],
  ];
  const middleOf = (fragment: string): { readonly line: number; readonly character: number } => {
    const line = lineOf(DRAFT, fragment);
    const start = DRAFT.split('\n')[line]?.indexOf(fragment) ?? 0;
    return { line, character: start + Math.floor(fragment.length / 2) };
  };
  for (const [what, fragment, said] of hovers) {
    it(`explains ${what}`, async () => {
      await editor.change(path, DRAFT);
      const hover = (await editor.at('hover', path, middleOf(fragment))) as {
        readonly contents: { readonly value: string };
      } | null;
      expect(hover?.contents.value).to.match(said);
    });
  }

  it('goes to the rule and to the list behind a name', async () => {
    await editor.change(path, DRAFT);
    const uriAt = async (fragment: string): Promise<unknown> => {
      const found = await editor.at('definition', path, middleOf(fragment));
      return (found as { readonly uri: string } | null)?.uri;
    };
    expect(await uriAt('tool_starts')).to.equal(pathToFileURL(join(folder, 'tool.yml')).href);
    expect(await uriAt('%tools%')).to.equal(pathToFileURL(join(folder, 'lists/tools.yml')).href);
    expect(await uriAt('Many tools')).to.equal(undefined);
  });

  it('runs the tests of an open test file', async () => {
    const tests = `cases:
  - name: a tool raises an alert
    events:
      - { category: process_creation, product: windows, process: 'C:\\hammer.exe' }
    expect: [{ at: 0s, key: host-1 }]
`;
    const testPath = join(folder, 'tool.test.yml');
    const [problem] = await editor.open(testPath, tests);
    expect(problem).to.include({ code: 'test', severity: 1 });
    expect(problem?.message).to.include('missing: an alert at 0 ms for host-1');
    expect(problem?.range.start.line).to.equal(1);
    expect(await editor.change(testPath, tests.replace('hammer', 'tool'))).to.deep.equal([]);
  });

  it('lives on when a text is no YAML at all', async () => {
    const [problem] = await editor.change(path, 'a: [\n{{{{');
    expect(problem?.code).to.equal('yaml-syntax');
    expect(await editor.at('completion', path, { line: 1, character: 4 })).to.be.an('array');
    expect(await editor.at('hover', path, { line: 99, character: 4 })).to.equal(null);
    expect(await editor.change(path, DRAFT)).to.deep.equal([]);
  });
});
