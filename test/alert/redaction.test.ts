import { expect } from 'chai';
import fc from 'fast-check';
import {
  createRedactor,
  DOCUMENT_DEPTH_MAX,
  DOCUMENT_VALUES_MAX,
  TEXT_LENGTH_MAX,
} from '../../src/alert/redaction.ts';
import { BLOB_HEAD_LENGTH, BLOB_LENGTH_MIN, findSecrets } from '../../src/base/secrets.ts';
import type { EcsDocument } from '../../src/event/event.ts';

const redactor = createRedactor(new Uint8Array(32).fill(7));

/** The text with `<kind>` in place of what was found. */
function marked(text: string): string {
  let result = '';
  let at = 0;
  for (const { kind, from, to } of findSecrets(text)) {
    result += `${text.slice(at, from)}<${kind}>`;
    at = to;
  }
  return result + text.slice(at);
}

// Built from parts, so that no scanner takes this file for a leak.
const GITHUB = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
const AWS = `AKIA${'ABCDEFGHIJKLMNOP'}`;
const JWT = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0In0', 'c2lnbmF0dXJl_-x'].join('.');
const PEM = (kind: string): string => `-----BEGIN ${kind}-----\nMIIB\nAAAA\n-----END ${kind}-----`;

const found: readonly (readonly [string, string])[] = [
  [`git clone https://${GITHUB}@github.com/a/b`, 'git clone https://<github_token>@github.com/a/b'],
  [`x github_pat_${'1a'.repeat(20)} y`, 'x <github_token> y'],
  [`aws ${AWS}.`, 'aws <aws_access_key>.'],
  [`curl -H "Cookie: s=${JWT}; a"`, 'curl -H "Cookie: s=<jwt>; a"'],
  [`Bearer ${'x'.repeat(20)}==`, 'Bearer <bearer_token>'],
  [`curl -H 'authorization: bearer abc.def' u`, "curl -H 'authorization: <authorization>' u"],
  ['Authorization: Basic dXNlcjpwYXNz -v', 'Authorization: <authorization> -v'],
  [`echo ${PEM('RSA PRIVATE KEY')} > k`, 'echo <private_key> > k'],
  [`${PEM('PRIVATE KEY')}${PEM('EC PRIVATE KEY')}`, '<private_key><private_key>'],
  ['-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn', '<private_key>'],
  ['mysql --password=hunter2 -u root', 'mysql --password=<password> -u root'],
  ['cmdkey /add:srv /user:bob /pass:hunter2', 'cmdkey /add:srv /user:bob /pass:<password>'],
  ['rubeus asktgt /user:bob /rc4:0123456789abcdef', 'rubeus asktgt /user:bob /rc4:<hash>'],
  ['sshpass -p hunter2 ssh bob@srv', 'sshpass -p <password> ssh bob@srv'],
  ['psexec.exe -u bob -p hunter2 cmd', 'psexec.exe -u bob -p <password> cmd'],
  ['schtasks /create /ru bob /rp hunter2', 'schtasks /create /ru bob /rp <password>'],
  ['mysql --password hunter2 -u root', 'mysql --password <password> -u root'],
  ['app /password:hunter2 /x', 'app /password:<password> /x'],
  ['Server=a;Uid=sa;Pwd=x1;Timeout=3', 'Server=a;Uid=sa;Pwd=<password>;Timeout=3'],
  ['{"client_secret": "a b\\"", "x": 1}', '{"client_secret": "<secret>\\"", "x": 1}'],
  ['{\\"apiKey\\":\\"abc\\"}', '{\\"apiKey\\":\\"<api_key>\\"}'],
  ['AWS_SECRET_ACCESS_KEY=wJalr/XUtn env', 'AWS_SECRET_ACCESS_KEY=<secret> env'],
  ["export TOKEN='a b' ; x", "export TOKEN='<token>' ; x"],
  ['psql postgres://app:s3cr3t@db/x', 'psql postgres://app:<password>@db/x'],
  ['curl -u ana:s3cr3t https://x', 'curl -u ana:<password> https://x'],
  ['curl --user "ana:s3 cr3t" x', 'curl --user "ana:<password>" x'],
  [
    'https://a.blob/x?se=1&sig=aB%2F34567890abcd&sp=r',
    'https://a.blob/x?se=1&sig=<signature>&sp=r',
  ],
  ['card 4111 1111 1111 1111, ok', 'card <card_number>, ok'],
  ['amex 378282246310005', 'amex <card_number>'],
  [`sk-ant-${'api03-aB3'.repeat(4)}`, '<anthropic_key>'],
  ['password: hunter2', 'password: <password>'],
  ['password => x', 'password => <password>'],
];

const passed: readonly string[] = [
  'cat /etc/passwd: no such file',
  'type C:\\secrets\\token: x',
  'System, Version=4.0.0.0, PublicKeyToken=31bf3856ad364e35',
  'PWD=/home/ana make',
  'OLDPWD=/home/ana',
  'sudo -u root id',
  'ntpd -u 112:116',
  'exe="/usr/sbin/sshd" sig=31',
  'Elevated Token:\t\tYes',
  'password=none',
  'if token == x',
  'Secret::new()',
  'git --password-store x --max-tokens=100',
  'ssh -p 2222 srv; lpr -p file; mkdir -p a/b; suite passed, pass: 12, rc4: off',
  'run --token --verbose',
  'https://host:8443/path',
  'ssh://git@github.com/a/b',
  'card 4111 1111 1111 1112',
  'record 1747322839123 at 133612345678901234',
  'hash 4111111111111111abcdef0123456789',
  'number 41111111111111110',
  `${'0123456789abcdef'.repeat(8)} sha512`,
  'AKIASHORT and ghp_short and eyJhbGciOi.x',
  'bearer of bad news',
  PEM('CERTIFICATE'),
  '',
];

describe('findSecrets', () => {
  for (const [text, expected] of found) {
    it(`finds ${JSON.stringify(expected)}`, () => {
      expect(marked(text)).to.equal(expected);
    });
  }

  for (const text of passed) {
    it(`passes ${JSON.stringify(text.slice(0, 60))}`, () => {
      expect(marked(text)).to.equal(text);
    });
  }

  it('takes a payload from its minimum length on, and keeps its head', () => {
    const just = 'Q'.repeat(BLOB_LENGTH_MIN);
    expect(marked(`-enc ${just} x`)).to.equal(`-enc ${just.slice(0, BLOB_HEAD_LENGTH)}<base64> x`);
    expect(marked(`-enc ${just.slice(1)} x`)).to.equal(`-enc ${just.slice(1)} x`);
  });

  it('gives spans in order, without overlap, inside any text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'password=',
        '"',
        "'",
        ' -u ',
        'a:b',
        '://',
        '@',
        GITHUB,
        AWS,
        JWT,
        '-----BEGIN ',
      ),
      fc.constantFrom(
        'PRIVATE KEY-----',
        '-----END ',
        'Bearer ',
        '4111111111111111',
        'Q'.repeat(260),
        ':',
      ),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        let at = 0;
        for (const { from, to } of findSecrets(text)) {
          expect(from).to.be.at.least(at);
          expect(to).to.be.above(from);
          at = to;
        }
        expect(at).to.be.at.most(text.length);
      }),
      { numRuns: 500 },
    );
  });
});

describe('createRedactor', () => {
  it('keeps kind, length and a hash that only the key can repeat', () => {
    const other = createRedactor(new Uint8Array(32).fill(8));
    const text = `--password=hunter2 --token=hunter2`;
    const [first, second] = [
      ...redactor.text(text).matchAll(/\[redacted:(\w+):7:([0-9a-f]{12})\]/g),
    ];
    expect([first?.[1], second?.[1]]).to.deep.equal(['password', 'token']);
    expect(first?.[2]).to.equal(second?.[2]);
    expect(redactor.text(text)).to.equal(redactor.text(text));
    expect(other.text(text)).not.to.equal(redactor.text(text));
  });

  it('refuses a key that could be guessed', () => {
    expect(() => createRedactor(new Uint8Array(15))).to.throw('16 bytes');
  });

  it('lets no planted secret through, wherever it stands', () => {
    const secret = fc.constantFrom(GITHUB, AWS, JWT, PEM('PRIVATE KEY'));
    // What could be part of the secret's own alphabet is kept away from its borders.
    const around = fc.string({ maxLength: 40 }).map((text) => `${text} `);
    fc.assert(
      fc.property(around, secret, around, (before, planted, after) => {
        const text = redactor.text(`${before}${planted} ${after}`);
        expect(text).not.to.include(planted);
      }),
      { numRuns: 300 },
    );
  });

  it('changes nothing in a text without secrets', () => {
    const word = fc.stringMatching(/^[a-z0-9\\/.]{1,12}$/);
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), (words) => {
        const text = words.join(' ');
        fc.pre(findSecrets(text).length === 0);
        expect(redactor.text(text)).to.equal(text);
      }),
      { numRuns: 200 },
    );
  });

  it('redacts what was redacted no second time', () => {
    for (const [text] of found) {
      const once = redactor.text(text);
      expect(redactor.text(once)).to.equal(once);
    }
  });

  it('cuts the middle of a long text, by exactly what it says', () => {
    const long = `head ${'word '.repeat(TEXT_LENGTH_MAX)}tail`;
    const cut = redactor.text(long);
    const [, missing] = /\[cut:(\d+):[0-9a-f]{12}\]/.exec(cut) ?? [];
    const marker = /\[cut:[^\]]*\]/.exec(cut)?.[0] ?? '';
    expect(cut.length - marker.length + Number(missing)).to.equal(long.length);
    expect(cut).to.match(/^head word .*tail$/s);
    expect(redactor.text(long.slice(0, TEXT_LENGTH_MAX))).to.equal(long.slice(0, TEXT_LENGTH_MAX));
  });

  it('does not cut a surrogate pair in two', () => {
    for (const shift of ['', 'x']) {
      const cut = redactor.text(shift + '😀'.repeat(TEXT_LENGTH_MAX));
      expect(cut.isWellFormed()).to.equal(true);
    }
  });

  const hostile: EcsDocument = JSON.parse(
    '{"__proto__":{"polluted":"--password=x"},"constructor":{"prototype":{"polluted":1}},' +
      '"a":["--token=abc",1,null,true,{"b":"--token=abc"}],"password":"x","Session-Token":"y",' +
      '"n":3}',
  );

  it('copies a document with every text in it redacted, and leaves prototypes alone', () => {
    const copy = JSON.parse(JSON.stringify(redactor.document(hostile)));
    expect(Object.keys(copy)).to.deep.equal(Object.keys(hostile));
    expect(copy.a[0]).to.match(/^--token=\[redacted:token:3:/);
    expect(copy.a.slice(1, 4)).to.deep.equal([1, null, true]);
    expect(copy.a[4].b).to.match(/^--token=\[redacted/);
    expect(copy.password).to.match(/^\[redacted:field:1:/);
    expect(copy['Session-Token']).to.match(/^\[redacted:field:1:/);
    expect(copy.n).to.equal(3);
    expect(JSON.stringify(copy)).to.include('"__proto__":{"polluted":"--password=[redacted');
    expect('polluted' in {}).to.equal(false);
  });

  it('bounds depth and number of values', () => {
    let deep: EcsDocument = { end: 1 };
    for (let level = 0; level < 100; level++) deep = { in: deep };
    const text = JSON.stringify(redactor.document(deep));
    expect(text.split('{').length - 1).to.equal(DOCUMENT_DEPTH_MAX);
    expect(text).to.include('[too deep]');

    const wide: EcsDocument = { list: Array.from({ length: 5 * DOCUMENT_VALUES_MAX }, () => 1) };
    const { list } = JSON.parse(JSON.stringify(redactor.document(wide)));
    expect(list).to.have.length(DOCUMENT_VALUES_MAX - 1);
  });
});
