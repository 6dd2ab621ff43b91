import { expect } from 'chai';
import fc from 'fast-check';
import { SENTENCE_LENGTH_MAX, sentenceOf } from '../../src/alert/sentence.ts';
import type { Detection } from '../../src/engine/engine.ts';
import type { EcsDocument } from '../../src/event/event.ts';
import type { CorrelationCondition } from '../../src/language/tree.ts';
import {
  correlationRule,
  detectionRule,
  evidenceOf,
  fileRead,
  single,
  windowed,
} from './detections.ts';

const HOST = { host: { name: 'LAP-7' }, user: { name: 'ana' } };
const AGENT = { name: 'claude.exe', ai_agent: { name: 'claude_code' } };

const payroll = ['a.pdf', 'b.pdf', 'c.pdf'].map((name) =>
  fileRead(`C:\\Users\\ana\\Documents\\Finance\\Payroll\\${name}`),
);

function connectionTo(destination: EcsDocument): EcsDocument {
  return { ...HOST, process: AGENT, event: { category: ['network'] }, destination };
}

function atLeast(value: number, ...fields: readonly string[]): CorrelationCondition {
  return { kind: 'threshold', bounds: [{ operator: 'gte', value }], fields };
}

const table: readonly { name: string; detection: Detection; expected: string }[] = [
  {
    name: 'many reads of one folder',
    detection: windowed(payroll),
    expected:
      'claude_code on LAP-7 (ana) read 143 files in 60 s (limit 40), ' +
      'C:\\Users\\ana\\Documents\\Finance\\Payroll',
  },
  {
    name: 'an episode that outgrew its window',
    detection: windowed(
      payroll,
      {},
      { phase: 'grown', value: 1200, lastTime: Date.UTC(2026, 10, 23, 14, 5) },
    ),
    expected:
      'claude_code on LAP-7 (ana) read 1,200 files in 5 min (limit 40), ' +
      'C:\\Users\\ana\\Documents\\Finance\\Payroll',
  },
  {
    name: 'distinct files',
    detection: windowed(payroll, { type: 'value_count', condition: atLeast(40, 'file.path') }),
    expected:
      'claude_code on LAP-7 (ana) read 143 different files in 60 s (limit 40), ' +
      'C:\\Users\\ana\\Documents\\Finance\\Payroll',
  },
  {
    name: 'bytes to one destination',
    detection: windowed(
      [
        connectionTo({ domain: 'drop.example', port: 443 }),
        connectionTo({ domain: 'drop.example' }),
      ],
      { type: 'value_sum', timespanMs: 300_000, condition: atLeast(50_000_000, 'source.bytes') },
      { value: 212_400_000, window: { from: 0, to: 300_000, timespanMs: 300_000 } },
    ),
    expected: 'claude_code on LAP-7 (ana) sent 212 MB in 5 min (limit 50 MB) to drop.example',
  },
  {
    name: 'connections to several destinations',
    detection: windowed(
      [connectionTo({ ip: '203.0.113.7', port: 8443 }), connectionTo({ ip: '203.0.113.8' })],
      {
        condition: {
          kind: 'threshold',
          bounds: [
            { operator: 'gt', value: 10 },
            { operator: 'lte', value: 200 },
          ],
          fields: [],
        },
      },
    ),
    expected:
      'claude_code on LAP-7 (ana) made 143 connections in 60 s (limit 10 and at most 200) ' +
      'to 203.0.113.7:8443 and others',
  },
  {
    name: 'a read, then a connection',
    detection: windowed(
      [
        fileRead('/home/ana/.aws/credentials'),
        {
          ...connectionTo({ domain: 'drop.example' }),
          process: { name: 'node', ai_agent: { name: 'claude_code' } },
        },
      ],
      {
        type: 'temporal_ordered',
        condition: { kind: 'expression', tree: { kind: 'selection', name: 'a' }, text: 'a' },
      },
    ),
    expected:
      'claude_code on LAP-7 (ana) read /home/ana/.aws/credentials, then connected to ' +
      'drop.example, all in 60 s',
  },
  {
    name: 'something new',
    detection: windowed([connectionTo({ domain: 'new.example' })], { type: 'first_seen' }),
    expected: 'claude_code on LAP-7 (ana) connected to new.example, for the first time',
  },
  {
    name: 'a mean of a field that is nothing known',
    detection: windowed(
      payroll,
      { type: 'value_avg', condition: atLeast(0.5, 'tidegate.score') },
      { value: 0.756 },
    ),
    expected:
      'claude_code on LAP-7 (ana) reached a mean of 0.76 in tidegate.score in 60 s (limit 0.5), ' +
      'C:\\Users\\ana\\Documents\\Finance\\Payroll',
  },
  {
    name: 'a launch is told of the one who launched',
    detection: single({
      ...HOST,
      event: { category: ['process'], type: ['start'] },
      process: {
        name: 'whoami.exe',
        command_line: 'C:\\Windows\\System32\\whoami.exe /all',
        parent: { name: 'cmd.exe' },
      },
    }),
    expected: 'cmd.exe on LAP-7 (ana) started whoami.exe /all',
  },
  {
    name: 'a launch by quoted path',
    detection: single({
      ...HOST,
      event: { category: ['process'], type: ['start'] },
      process: {
        executable: 'C:\\Program Files\\R\\rclone.exe',
        command_line: '"C:\\Program Files\\R\\rclone.exe" copy x r:',
      },
    }),
    expected: 'A process on LAP-7 (ana) started rclone.exe copy x r:',
  },
  {
    name: 'a name looked up',
    detection: single({ ...HOST, process: AGENT, dns: { question: { name: 'x.t.example' } } }),
    expected: 'claude_code on LAP-7 (ana) asked for the name x.t.example',
  },
  {
    name: 'what the decoder says wins over what fields suggest',
    detection: single(
      {},
      {
        evidence: [
          {
            ...evidenceOf(0, fileRead('/etc/shadow')),
            activity: 'file_delete',
          },
        ],
      },
    ),
    expected: 'claude_code on LAP-7 (ana) deleted /etc/shadow',
  },
  {
    name: 'nothing but a title',
    detection: single({}, { rule: detectionRule({ title: 'Log cleared' }) }),
    expected: 'LAP-7: Log cleared',
  },
  {
    name: 'nothing but a title and a key',
    detection: windowed(
      [],
      { type: 'value_sum', condition: atLeast(1, 'x') },
      {
        value: undefined,
        key: [
          { field: 'User', value: 'bob' },
          { field: 'Zone', value: null },
        ],
      },
    ),
    expected: 'LAP-7 (bob): Agent reads protected files in bulk, User bob, Zone unknown',
  },
  {
    name: 'deeds of several kinds, by the title and an example that was read',
    detection: windowed([
      {
        ...fileRead('/x'),
        event: { category: ['process'], type: ['start'] },
        process: { name: 'cat', parent: { name: 'sh' }, ai_agent: { name: 'claude_code' } },
        file: null,
      },
      fileRead('/home/ana/.ssh/id_rsa'),
    ]),
    expected:
      'claude_code on LAP-7 (ana): Agent reads protected files in bulk, 143 times in 60 s ' +
      '(limit 40), e.g. read /home/ana/.ssh/id_rsa',
  },
  {
    name: 'commands that name their destination, hidden secrets',
    detection: windowed(
      [
        {
          ...HOST,
          event: { category: ['process'], type: ['start'] },
          process: { name: 'curl', ai_agent: { name: 'cursor' } },
          'tidegate.destination.host': 'paste.example',
        },
      ],
      { type: 'value_count', condition: atLeast(5, 'CommandLine') },
      { value: 17 },
    ),
    expected: 'cursor on LAP-7 (ana) ran 17 different commands in 60 s (limit 5) to paste.example',
  },
  {
    name: 'a secret is hidden, its digest not shown',
    detection: single({
      ...HOST,
      event: { category: ['process'], type: ['start'] },
      process: { name: 'x', command_line: 'x -p [redacted:password:9:0123456789ab]' },
    }),
    expected: 'A process on LAP-7 (ana) started x -p [password hidden]',
  },
  {
    name: 'one deed that stands for several',
    detection: single(fileRead('/etc/shadow'), { count: 12, phase: 'grown' }),
    expected: 'claude_code on LAP-7 (ana) read /etc/shadow, 12 times so far',
  },
  {
    name: 'a percentile of bytes',
    detection: windowed(
      [connectionTo({ domain: 'a.example' })],
      {
        type: 'value_percentile',
        condition: {
          kind: 'threshold',
          bounds: [{ operator: 'gt', value: 1e6 }],
          fields: ['bytes_out'],
          percentile: 95,
        },
      },
      { value: 3_140_000 },
    ),
    expected:
      'claude_code on LAP-7 (ana) reached a percentile 95 of 3.1 MB in bytes_out in 60 s ' +
      '(limit 1.0 MB) to a.example',
  },
  {
    name: 'evidence of two users names neither',
    detection: windowed([fileRead('/srv/a/1'), fileRead('/srv/a/2', { user: { name: 'bob' } })]),
    expected: 'claude_code on LAP-7 read 143 files in 60 s (limit 40), /srv/a',
  },
];

describe('sentenceOf', () => {
  for (const { name, detection, expected } of table) {
    it(name, () => {
      expect(sentenceOf(detection)).to.equal(expected);
    });
  }

  const own = (sentence: unknown): Detection =>
    windowed(
      payroll,
      {},
      { rule: correlationRule({}, { custom: new Map([['sentence', sentence]]) }) },
    );
  const templates: readonly [string, unknown, string][] = [
    [
      'all filled',
      '{agent} opened {value} of {limit} in {span}',
      'claude_code opened 143 of 40 in 60 s',
    ],
    ['a field', '{agent} used pid {process.pid}', 'claude_code used pid 4711'],
    ['a clause kept', '{agent} read[ as {user}]', 'claude_code read as ana'],
    ['a clause dropped', '{agent} read[ to {destination}].', 'claude_code read.'],
  ];
  for (const [name, template, expected] of templates) {
    it(`the rule's own words: ${name}`, () => {
      expect(sentenceOf(own(template))).to.equal(expected);
    });
  }

  const refused: readonly [string, unknown][] = [
    ['a gap', '{agent} sent to {destination}'],
    ['an open clause', '{agent} read [x'],
    ['an open name', '{agent read'],
    ['no text', 7],
    ['too long', 'x'.repeat(501)],
  ];
  for (const [name, template] of refused) {
    it(`the general words instead of the rule's own: ${name}`, () => {
      expect(sentenceOf(own(template))).to.equal(sentenceOf(windowed(payroll)));
    });
  }

  it('shows what cannot be seen, and cuts what is long in the middle', () => {
    const path = `/srv/${'x'.repeat(300)}/\u202Eexe.fdp\n`;
    const sentence = sentenceOf(single(fileRead(path)));
    expect(sentence).to.match(
      /^claude_code on LAP-7 \(ana\) read \/srv\/…\/\[U\+202E\]exe\.fdp\[LF\]$/,
    );
  });

  it('is one bounded line without hidden characters, whatever the evidence says', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(text, text, text, (user, path, line) => {
        const detection = single({
          host: { name: path },
          user: { name: user },
          process: { name: user, command_line: line },
          event: { category: ['process'], type: ['start'] },
        });
        const sentence = sentenceOf(detection);
        expect([...sentence].length).to.be.at.most(SENTENCE_LENGTH_MAX);
        expect(sentence).not.to.match(/[\p{C}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 200 },
    );
  });
});
