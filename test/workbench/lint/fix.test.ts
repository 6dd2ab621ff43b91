import { expect } from 'chai';

import { linkRules } from '../../../src/language/link.ts';
import { readRules } from '../../../src/language/read.ts';
import { lint } from '../../../src/workbench/lint/check.ts';
import { fixText } from '../../../src/workbench/lint/fix.ts';

const ID = '00000000-0000-4000-8000-000000000001';

const broken = `title: A Tool Starts
date: 2026/01/02
tags:
  - attack.T1048
  - attack.t1048
  - attack.t1562.001
logsource: { category: process_creation, product: windows }
detection:
  a:
    Image|all: a
  b:
    Image: b
  condition: a OR NOT b
`;

const mended = `title: A Tool Starts
id: ${ID}
date: 2026-01-02
tags:
  - attack.t1048
  - attack.t1685
logsource: { category: process_creation, product: windows }
detection:
  a:
    Image: a
  b:
    Image: b
  condition: a or not b
`;

describe('fixes', () => {
  it('mend what is safe, and nothing else', () => {
    const read = readRules(broken, 'a.yml');
    const problems = [...read.problems, ...lint(linkRules(read.rules))];
    expect(fixText(broken, problems, () => ID)).to.deep.equal({ text: mended, count: 8 });
  });

  it('leave a text without problems as it is, whatever ends its lines', () => {
    const text = mended.replaceAll('\n', '\r\n');
    expect(fixText(text, [], () => ID)).to.deep.equal({ text, count: 0 });
  });

  it('do not touch what they do not recognise', () => {
    const problem = {
      severity: 'warning',
      code: 'missing-id',
      message: '',
      file: 'a.yml',
      line: 99,
      column: 1,
    } as const;
    expect(fixText(broken, [problem], () => ID).text).to.equal(broken);
  });
});
