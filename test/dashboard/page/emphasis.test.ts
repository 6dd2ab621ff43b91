import { expect } from 'chai';

import { listForm, phrases } from '../../../src/dashboard/page/emphasis.ts';

const bold = (facts: Parameters<typeof phrases>[0]): string =>
  phrases(facts)
    .map(({ text, isBold }) => (isBold ? `*${text}*` : text))
    .join('');

const none = { agent: null, destination: null, value: null };

describe('dashboard: what is bold in a sentence', () => {
  const table = [
    {
      facts: {
        sentence: 'claude_code on LAP-7 (ana) read 143 protected files in 60 s, C:\\Users\\ana',
        agent: 'claude_code',
        destination: null,
        value: 143,
      },
      shown: '*claude_code* on LAP-7 (ana) read *143 protected files* in 60 s, *C:\\Users\\ana*',
    },
    {
      facts: {
        sentence: 'cursor sent base64 on 17 command lines to paste.example.net',
        agent: 'cursor',
        destination: 'paste.example.net',
        value: 17,
      },
      shown: '*cursor* sent base64 on *17 command lines* to *paste.example.net*',
    },
    { facts: { ...none, sentence: 'a clock is wrong' }, shown: 'a clock is wrong' },
    // The value must be the number itself and no part of another one.
    {
      facts: { ...none, sentence: 'read 1143 files of 143.5', value: 143 },
      shown: 'read 1143 files of 143.5',
    },
    // A name with signs of regular expressions is only a name.
    { facts: { ...none, sentence: '(a+)+ ran', agent: '(a+)+' }, shown: '*(a+)+* ran' },
  ];
  for (const { facts, shown } of table) {
    it(shown, () => expect(bold(facts)).to.equal(shown));
  }

  it('a list leaves out what stands in its columns', () => {
    const row = {
      sentence: 'cursor on LAP-7 (ana) read 143 files in 60 s (limit 50), /srv',
      agent: 'cursor',
      host: 'LAP-7',
      user: 'ana',
      limit: 50,
    };
    expect(listForm(row)).to.equal('cursor read 143 files in 60 s, /srv');
    expect(listForm({ ...row, agent: null })).to.contain('on LAP-7 (ana)');
    expect(listForm({ ...row, user: 'other' })).to.contain('cursor (ana) read');
  });
});
