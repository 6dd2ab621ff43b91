import { expect } from 'chai';
import fc from 'fast-check';

import {
  isJsonObject,
  ownValue,
  parseJson,
  plainObject,
  textBegins,
  valueAt,
} from '../../../src/base/json.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { Scanner } from '../../../src/decoders/scanner/scanner.ts';
import type { Scan } from '../../../src/decoders/scanner/scanner.ts';
import { readPayload } from '../../../src/decoders/payload.ts';
import { names, objectText } from './json-texts.ts';

const encoder = new TextEncoder();
const scanner = new Scanner();

/** A scan by a scanner that has met the layout before; one that was met once is not taken yet. */
function scan(text: string | Uint8Array, by: Scanner = scanner): Scan | undefined {
  const payload = typeof text === 'string' ? encoder.encode(text) : text;
  by.scan(payload);
  return by.scan(payload);
}

/** All values of an object that was scanned, as its parsed form names them. */
function valuesOf(object: JsonObject, parsed: JsonObject): Record<string, unknown> {
  const values: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const name of Object.keys(parsed)) {
    const value = ownValue(object, name);
    const inner = parsed[name];
    values[name] =
      isJsonObject(value) && isJsonObject(inner) ? { ...valuesOf(value, inner) } : value;
  }
  return values;
}

function parsed(text: string): JsonObject | undefined {
  const result = parseJson(text);
  return 'value' in result && isJsonObject(result.value) ? result.value : undefined;
}

/** The text is taken, each time it comes, as JSON.parse would give it. */
function expectSame(text: string, by: Scanner = scanner): void {
  const object = parsed(text);
  if (object === undefined) throw new Error(`no object: ${text}`);
  const payload = encoder.encode(text);
  for (let time = 0; time < 4; time++) {
    const taken = by.scan(payload);
    if (taken === undefined) continue;
    expect({ ...valuesOf(taken.record.root, object) }, text).to.deep.equal({
      ...valuesOf(object, object),
    });
    expect(ownValue(taken.record.root, 'no such name')).to.equal(undefined);
    expect(taken.record.plain()).to.deep.equal(object);
    const read = readPayload({ payload, position: { source: 'x', partition: 0, offset: 0 } });
    // It may be more careful, never less.
    if (taken.isPlain) expect('isPlain' in read && read.isPlain, text).to.equal(true);
  }
}

describe('scanner', () => {
  const taken: readonly string[] = [
    '{}',
    ' { } ',
    '{"a":1}',
    '\t{ "a" : "b" ,\r\n "c" : null }\n',
    '{"a":{"b":{"c":"d"}},"e":{}}',
    '{"a":{},"b":{"c":{}}}',
    '{"a":[1,"b",{"c":[]},[[]],true,null,-1.5e3]}',
    '{"a":[],"b":[ ]}',
    '{"t":true,"f":false,"n":null}',
    '{"a":0,"b":-0,"c":1.5,"d":1E5,"e":-2.5e-7,"f":123456789012345}',
    // Integers of 16 digits keep their text.
    '{"a":9007199254740993,"b":-1234567890123456,"c":[9007199254740993],"d":1234567890123456.5}',
    '{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t","b":"\\u0041\\u00e9\\u65e5"}',
    '{"a":"C:\\\\Windows\\\\System32\\\\cmd.exe","b":"é日𝄞"}',
    '{"\\u0061":1,"é":2,"a b":3,"":4,"__proto__":5,"constructor":{"toString":6}}',
    `{"a":"${'x'.repeat(1024)}","b":"${'y'.repeat(1025)}"}`,
    '{"a":"","b":"0123456789abcde","c":"0123456789abcdef","d":"0123456789abcdef0"}',
    '{"a":"\\u2028","b":"\u2028","c":"\ufeff"}',
  ];
  for (const text of taken) {
    it(`takes ${text.slice(0, 60).trim()}`, () => {
      expect(scan(text)).to.not.equal(undefined);
      expectSame(text);
    });
  }

  const left: readonly (readonly [title: string, text: string])[] = [
    ['no object', '[1]'],
    ['nothing', ''],
    ['a cut text', '{"a":1'],
    ['a cut string', '{"a":"b'],
    ['text behind the end', '{"a":1} {'],
    ['a comma too many', '{"a":1,}'],
    ['a comma too few', '{"a":1 "b":2}'],
    ['no colon', '{"a" 1}'],
    ['no name', '{:1}'],
    ['no value', '{"a":}'],
    ['a number of no form', '{"a":01}'],
    ['a point without digits', '{"a":1.}'],
    ['an exponent without digits', '{"a":1e}'],
    ['a sign', '{"a":+1}'],
    ['half a literal', '{"a":tru}'],
    ['NaN', '{"a":NaN}'],
    ['a control', '{"a":"\u0001"}'],
    ['a tab in a string', '{"a":"\t"}'],
    ['an escape that is none', '{"a":"\\x"}'],
    ['digits that are none', '{"a":"\\u12g4"}'],
    ['a pair of escapes', '{"a":"\\ud834\\udd1e"}'],
    ['half a pair', '{"a":"\\ud834"}'],
    ['a name twice', '{"a":1,"b":2,"a":3}'],
    ['a name twice, differently written', '{"a":1,"\\u0061":3}'],
    ['an object and a value of one name', '{"a":{"b":1},"a":3}'],
    ['brackets that do not fit', '{"a":[1}]'],
    ['objects too deep', `${'{"a":'.repeat(17)}1${'}'.repeat(17)}`],
    ['arrays too deep', `{"a":${'['.repeat(33)}${']'.repeat(33)}}`],
    ['a name too long', `{"${'n'.repeat(256)}":1}`],
    ['members too many', JSON.stringify(Object.fromEntries(range(1025).map((n) => [n, n])))],
    ['a byte order mark', '\ufeff{"a":1}'],
    ['bytes too many', `{"a":"${'x'.repeat(1024 * 1024)}"}`],
  ];
  for (const [title, text] of left) {
    it(`leaves ${title}`, () => expect(scan(text)).to.equal(undefined));
  }

  const broken: readonly (readonly [title: string, bytes: readonly number[]])[] = [
    ['a byte that begins nothing', [0x80]],
    ['an overlong letter', [0xc0, 0xaf]],
    ['an overlong letter of three', [0xe0, 0x80, 0xaf]],
    ['half of a pair', [0xed, 0xa0, 0x80]],
    ['an overlong letter of four', [0xf0, 0x80, 0x80, 0xaf]],
    ['a letter beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
    ['a letter that is cut', [0xe6, 0x97]],
  ];
  for (const [title, bytes] of broken) {
    it(`leaves ${title}`, () => {
      const text = [...encoder.encode('{"a":"'), ...bytes, ...encoder.encode('"}')];
      expect(scan(Uint8Array.from(text))).to.equal(undefined);
      expect(scan(Uint8Array.from([...text.slice(0, -2)]))).to.equal(undefined);
    });
  }

  it('takes what JSON.parse takes, as it is', () => {
    fc.assert(
      fc.property(objectText, (text) => expectSame(text)),
      { numRuns: 3000 },
    );
  });

  it('takes members in whatever order, at once when it has met some orders of them', () => {
    const orders = fc.tuple(objectText, fc.array(fc.nat(), { minLength: 8, maxLength: 8 }));
    let sets = 0;
    const property = fc.property(orders, ([text, seeds]) => {
      const object = parsed(text) ?? {};
      const own = new Scanner();
      const texts = seeds.map((seed) => JSON.stringify(shuffled(object, seed)));
      for (const each of texts) expectSame(each, own);
      if (new Set(texts).size > 3 && scan(texts[0] ?? '', own) !== undefined) sets++;
    });
    fc.assert(property, { numRuns: 250 });
    expect(sets).to.be.greaterThan(25);

    const record = { a: 1, b: { c: 'd', e: null, f: {} }, g: [1], h: true, i: 'j', k: {} };
    const met = new Scanner();
    for (let seed = 1; seed <= 8; seed++) scan(JSON.stringify(shuffled(record, seed)), met);
    for (let seed = 9; seed < 200; seed++) {
      const text = JSON.stringify(shuffled(record, seed));
      const taken = met.scan(encoder.encode(text));
      expect(taken?.record.plain(), text).to.deep.equal(record);
      expect({ ...valuesOf(taken?.record.root ?? {}, record) }).to.deep.equal(record);
    }
  });

  it('tells sets of members apart that differ in a kind, or in the object that a member is in', () => {
    const likes: readonly JsonObject[] = [
      { a: 1, b: { c: 'd' }, e: { f: 2 } },
      { a: 1, b: { c: 3 }, e: { f: 2 } },
      { a: 1, b: { f: 2 }, e: { c: 'd' } },
      { a: 1, b: { c: 'd', f: 2 }, e: {} },
      { a: 1, b: { c: 'd' }, e: { f: 2 }, g: null },
    ];
    const met = new Scanner();
    for (let seed = 1; seed < 60; seed++) {
      for (const like of likes) expectSame(JSON.stringify(shuffled(like, seed)), met);
    }
  });

  it('leaves a name twice in any order', () => {
    const met = new Scanner();
    const members = ['"a":1', '"b":"c"', '"d":{"e":1,"f":2}', '"g":[]'];
    for (let seed = 1; seed < 50; seed++) {
      const own = { ...shuffled({ 0: 0, 1: 0, 2: 0, 3: 0, 4: 0 }, seed) };
      const order = Object.keys(own).map((key) => [...members, '"a":5'][Number(key)]);
      const rotated = [...order.slice(seed % 5), ...order.slice(0, seed % 5)];
      expect(scan(`{${rotated.join(',')}}`, met)).to.equal(undefined);
    }
  });

  it('takes nothing that JSON.parse refuses', () => {
    const changed = fc.tuple(objectText, fc.nat(), fc.nat(255));
    let refused = 0;
    const property = fc.property(changed, ([text, at, byte]) => {
      const bytes = encoder.encode(text);
      bytes[at % bytes.length] = byte;
      const found = scan(bytes);
      const read = readPayload({
        payload: bytes,
        position: { source: '', partition: 0, offset: 0 },
      });
      if ('problem' in read) {
        refused++;
        expect(found).to.equal(undefined);
      } else if (found !== undefined) {
        expect(found.record.plain()).to.deep.equal(read.object);
      }
    });
    fc.assert(property, { numRuns: 5000 });
    expect(refused).to.be.greaterThan(500);
  });

  it('is right about ever new names and values, which fill its memory many times', () => {
    const flooded = new Scanner();
    const known = '{"EventID":4688,"Image":"C:\\\\Windows\\\\explorer.exe"}';
    for (let round = 0; round < 60; round++) {
      for (let record = 0; record < 200; record++) {
        const members = range(20).map((n) => [
          `n${round}-${record}-${n}`,
          `v${round}-${record}-${n}`,
        ]);
        const text = JSON.stringify(Object.fromEntries(members));
        const object = scan(text, flooded)?.record.root;
        if (object !== undefined)
          expect(ownValue(object, members[7]?.[0] ?? '')).to.equal(members[7]?.[1]);
      }
      expectSame(known, flooded);
    }
  });

  it('a record that waited while all names were forgotten is asked, and no other record is misread', () => {
    const flooded = new Scanner();
    const early = range(40).map((n) => [`early ${n}`, `value ${n}`] as const);
    // So that the numbers of its names are high, and mean nothing when all begins anew.
    for (let n = 0; n < 400; n++) {
      const names = range(10).map((one) => [`before ${n} ${one}`, '']);
      scan(JSON.stringify(Object.fromEntries(names)), flooded);
    }
    const waiting = scan(JSON.stringify(Object.fromEntries(early)), flooded)?.record.root;
    if (waiting === undefined) throw new Error('left');
    const later = (record: number): readonly (readonly [string, string])[] =>
      range(12).map((n) => [`later ${record} ${n}`, `value ${record} ${n}`] as const);
    for (let record = 0; record < 2000; record++) {
      scan(JSON.stringify(Object.fromEntries(later(record))), flooded);
      // Each name of the waiting record is asked for at another moment.
      const [name, value] = early[Math.floor(record / 50)] ?? ['', ''];
      expect(ownValue(waiting, name)).to.equal(value);
      const text = JSON.stringify(Object.fromEntries(later(record + 10_000)));
      const other = scan(text, flooded)?.record.root;
      if (other === undefined) continue;
      for (const [own, expected] of later(record + 10_000)) {
        expect(ownValue(other, own), `${own} after ${name}`).to.equal(expected);
      }
    }
  });

  it('forgets values, not layouts, when there are too many of them', () => {
    const flooded = new Scanner();
    for (let record = 0; record < 80_000; record++) {
      const value = `value ${record % 70_000} of many`;
      const taken = flooded.scan(encoder.encode(JSON.stringify({ a: value, b: 'b' })));
      if (record === 0) continue;
      if (taken === undefined) throw new Error(`record ${record} was left`);
      expect(ownValue(taken.record.root, 'a')).to.equal(value);
      expect(ownValue(taken.record.root, 'b')).to.equal('b');
    }
  });

  it('gives equal values of a field one object, and keeps what an event asked for', () => {
    const text = '{"a":"same","b":"other"}';
    const first = scan(text);
    if (first !== undefined) ownValue(first.record.root, 'a');
    const [second, third] = [scan(text), scan(text)];
    expect(second?.record.value(0)).to.equal(third?.record.value(0));
    expect(second?.record.value(0).isShared).to.equal(true);
    expect(scan('{"a":"new","b":"other"}')?.record.value(0).text).to.equal('new');
    expect(second?.record.value(0).text).to.equal('same');
  });

  it('tells how a text begins, and whether it is a time, without making it', () => {
    const long = 'x'.repeat(1100);
    const texts: readonly (readonly [string, boolean])[] = [
      [`{"a":"{${long}"}`, true],
      [`{"a":"\\u007b${long}"}`, true],
      [`{"a":"x{${long}"}`, false],
      ['{"a":5}', false],
      ['{"a":{"b":1}}', false],
      ['{"b":"{"}', false],
    ];
    for (const [text, begins] of texts) {
      scan(text);
      const object = scan(text)?.record.root;
      if (object === undefined) throw new Error(`left: ${text.slice(0, 30)}`);
      expect(textBegins(object, 'a', '{'), text.slice(0, 30)).to.equal(begins);
    }
  });

  it('tells names apart that end like escapes', () => {
    for (const name of ['\\', '"', '\\"', '"\\', '\\\\']) {
      const text = `{"a":1,${JSON.stringify(name)}:"b"}`;
      const { members } = scan(text)?.record.layout.root ?? { members: new Map() };
      expect([...members.keys()], text).to.deep.equal(['a', name]);
    }
  });

  it('ends where JSON.parse takes a name for another one, whatever is asked of the record', () => {
    const nested = (name: string): string =>
      `{"a":1,${JSON.stringify(name)}:{"b":{"c":{"d":2}}},"e":{"f":{"g":3}}}`;
    // JSON.parse must have met the other name just before.
    for (const name of ['\\', '"', '\\', '"']) {
      JSON.parse(nested('\\'));
      const record = scan(nested(name))?.record;
      if (record === undefined) throw new Error('left');
      const outer = ownValue(record.root, 'e');
      if (!isJsonObject(outer)) throw new Error('no object');
      expect(plainObject(outer)).to.deep.equal({ f: { g: 3 } });
      expect(() => valueAt(record.root, [name, 'b', 'c', 'd'])).to.not.throw();
    }
  });

  it('reads objects of names that JSON writers are fond of', () => {
    for (const name of names) expectSame(`{${JSON.stringify(name)}:{"x":1},"y":"z"}`);
  });
});

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** The object with its members in another order, and those of the objects inside it. */
function shuffled(object: JsonObject, seed: number): JsonObject {
  const names = Object.keys(object);
  let state = seed;
  const weights = new Map<string, number>();
  for (const name of names) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    weights.set(name, state >>> 8);
  }
  const order = names.toSorted(
    (left, right) => (weights.get(left) ?? 0) - (weights.get(right) ?? 0),
  );
  const result = Object.create(null) as Record<string, JsonValue>;
  for (const name of order) {
    const value = object[name] ?? null;
    result[name] = isJsonObject(value) ? shuffled(value, seed + 1) : value;
  }
  return result;
}
