import { expect } from 'chai';
import fc from 'fast-check';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import { createAutoDecoder, decoders } from '../../src/decoders/index.ts';
import { PAYLOAD_BYTES_MAX } from '../../src/decoders/payload.ts';
import { decodeLine, decodeLines, fixtures, recordOf } from './fixtures.ts';
import type { DecodedLine } from './fixtures.ts';
import { REASONS } from './reasons.ts';
import { replaceAt, useEvent } from './use-event.ts';

// To write the expected files anew after a wanted change: TIDEGATE_WRITE_FIXTURES=1 npx mocha <this file>.
const isWriting = process.env['TIDEGATE_WRITE_FIXTURES'] === '1';

const known = fixtures();

describe('decoder fixtures', () => {
  it('exist for every decoder', () => {
    const covered = new Set(known.map((fixture) => fixture.decoder.name));
    expect([...covered]).to.deep.equal(decoders.map((decoder) => decoder.name));
  });

  for (const fixture of known) {
    it(`${fixture.name} decodes to exactly these events`, () => {
      const found = decodeLines(fixture.decoder, fixture.lines).map((result) =>
        JSON.stringify(result),
      );
      if (isWriting) writeFileSync(fixture.expectedPath, `${found.join('\n')}\n`);
      expect(existsSync(fixture.expectedPath), 'expected file').to.equal(true);
      const expected = readFileSync(fixture.expectedPath, 'utf8').trimEnd().split('\n');
      expect(found.map((line) => JSON.parse(line) as unknown)).to.deep.equal(
        expected.map((line) => JSON.parse(line) as unknown),
      );
    });
  }

  it('are recognised without a named format', () => {
    const auto = createAutoDecoder();
    for (const { decoder, name, lines } of known) {
      // This layout looks like another one and is read only when it is asked for.
      if (decoder.name === 'log-analytics') continue;
      const named = decodeLines(decoder, lines);
      // What one decoder does not know, another may.
      const unknown = new Set(named.filter(isUnknown).map(({ line }) => line));
      const found = decodeLines(auto, lines);
      expect(
        found.filter(({ line }) => !unknown.has(line)),
        name,
      ).to.deep.equal(named.filter(({ line }) => !unknown.has(line)));
    }
  });
});

function isUnknown(result: DecodedLine): boolean {
  return result.problem === 'unknown_format';
}

const auto = createAutoDecoder();
// Between them these two read every format.
const forms = [auto, ...decoders.filter((decoder) => decoder.name === 'log-analytics')];

function decodeAny(payload: Uint8Array): string | undefined {
  const position = { source: 'telemetry', partition: 0, offset: 1 };
  for (const decoder of forms) {
    const problem = decoder.decode({ payload, position }, useEvent);
    if (problem !== undefined) expect(problem.reason).to.be.oneOf([...REASONS]);
  }
  return auto.decode({ payload, position }, () => undefined)?.reason;
}

const everyLine = known.flatMap((fixture) => fixture.lines);
const lines = everyLine.filter((line) => line.startsWith('{'));
const objects = lines.flatMap((line) => {
  try {
    return [JSON.parse(line) as unknown];
  } catch {
    return [];
  }
});

describe('decoders on broken input', () => {
  const encoder = new TextEncoder();
  const cases: readonly (readonly [string, Uint8Array | null, string])[] = [
    ['a tombstone', null, 'empty'],
    ['no bytes', new Uint8Array(0), 'empty'],
    ['a blank line', encoder.encode(' \t\r'), 'empty'],
    ['one byte too many', new Uint8Array(PAYLOAD_BYTES_MAX + 1).fill(0x20), 'too_large'],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 'invalid_utf8'],
    ['a cut line', encoder.encode('{"EventID":1,"Chan'), 'invalid_json'],
    ['an array', encoder.encode('[{}]'), 'not_an_object'],
    ['text', encoder.encode('Jun  9 10:13:20 wks-017 sudo: ana'), 'unknown_format'],
    ['an empty object', encoder.encode('{}'), 'unknown_format'],
    ['deep nesting', encoder.encode(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`), 'too_deep'],
    ['a broken envelope', encoder.encode('{"message":"{\\"EventID\\":1"}'), 'unknown_format'],
  ];
  for (const [name, payload, reason] of cases) {
    it(`${name} is ${reason}`, () => {
      const record = { payload, position: { source: 'telemetry', partition: 0, offset: 1 } };
      expect(auto.decode(record, useEvent)?.reason).to.equal(reason);
    });
  }

  it('takes the largest allowed payload', () => {
    const [line = ''] = lines;
    const payload = new Uint8Array(PAYLOAD_BYTES_MAX).fill(0x20);
    payload.set(encoder.encode(line));
    expect(decodeAny(payload)).to.equal(undefined);
  });

  it('refuses every proper beginning of a line', () => {
    for (const line of lines.slice(0, 3)) {
      for (let end = 1; end < line.length; end += 7) {
        const reason = decodeAny(encoder.encode(line.slice(0, end)));
        expect(reason, String(end)).to.equal('invalid_json');
      }
    }
  });

  it('survives any value at any place', () => {
    const place = fc.array(fc.nat(30), { maxLength: 4 });
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom(null, '', '-', [], {}, [[]], [null, {}], -1, 1e300, '0x', 'true', '\u0000'),
    );
    const property = fc.property(
      fc.constantFrom(...objects),
      place,
      value,
      (object, steps, put) => {
        decodeAny(encoder.encode(JSON.stringify(replaceAt(object, steps, put))));
      },
    );
    fc.assert(property, { numRuns: 2000 });
  });

  it('survives changed bytes', () => {
    const edit = fc.tuple(fc.nat(), fc.nat(255));
    const property = fc.property(
      fc.constantFrom(...everyLine),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      (line, edits) => {
        const payload = encoder.encode(line);
        for (const [at, byte] of edits) payload[at % payload.length] = byte;
        decodeAny(payload);
      },
    );
    fc.assert(property, { numRuns: 1000 });
  });

  it('keeps nothing of a record in another one', () => {
    const [line = ''] = lines;
    const before = decodeLine(auto, line, 1);
    decodeLine(auto, '{"__proto__":{"Image":"x"},"EventID":1,"Channel":"Security"}', 2);
    expect(decodeLine(auto, line, 1)).to.deep.equal(before);
    expect(recordOf('{}', 1).payload).to.have.length(2);
  });
});
