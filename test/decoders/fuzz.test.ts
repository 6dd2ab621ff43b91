import { expect } from 'chai';
import fc from 'fast-check';

import { decoders } from '../../src/decoders/index.ts';
import type { Decoder } from '../../src/decoders/decoder.ts';
import { fixtures } from './fixtures.ts';
import { REASONS } from './reasons.ts';
import { replaceAt, useEvent } from './use-event.ts';

// `npm run fuzz` tries 100,000 changed records a decoder; `npm test` a few.
const RUNS = Number(process.env['TIDEGATE_FUZZ_RUNS'] ?? 150);
const encoder = new TextEncoder();

type Change = (line: string) => Uint8Array | undefined;

const cut = fc.double({ min: 0, max: 1, noNaN: true }).map((share): Change => {
  return (line) => encoder.encode(line.slice(0, Math.floor(share * line.length)));
});

const flipped = fc
  .array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 })
  .map((edits): Change => {
    return (line) => {
      const bytes = encoder.encode(line);
      for (const [at, byte] of edits) bytes[at % Math.max(bytes.length, 1)] = byte;
      return bytes;
    };
  });

const spliced = fc
  .tuple(fc.nat(), fc.nat(200), fc.string({ unit: 'binary', maxLength: 40 }))
  .map(([at, length, text]): Change => {
    return (line) => {
      const start = at % Math.max(line.length, 1);
      return encoder.encode(line.slice(0, start) + text + line.slice(start + length));
    };
  });

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    null,
    '',
    '-',
    ' ',
    [],
    {},
    [[]],
    [null, {}],
    -1,
    0,
    1e300,
    1e15,
    '0x',
    'true',
    true,
    '\u0000',
    '99999999999999999999',
    'a'.repeat(70_000),
    `${'\\'.repeat(3000)}`,
    '//'.repeat(3000),
    ';'.repeat(5000),
    '[::ffff:'.repeat(500),
    'type: 1 '.repeat(500),
    JSON.parse(`${'['.repeat(50)}1${']'.repeat(50)}`),
  ),
);

const wrong = fc
  .tuple(fc.array(fc.nat(60), { maxLength: 5 }), value)
  .map(([steps, put]): Change => {
    return (line) => {
      try {
        return encoder.encode(JSON.stringify(replaceAt(JSON.parse(line), steps, put)));
      } catch {
        return undefined;
      }
    };
  });

const nested = fc.nat(90).map((depth): Change => {
  return (line) => encoder.encode(`${'{"records":['.repeat(depth)}${line}${']}'.repeat(depth)}`);
});

const enveloped = fc.constantFrom('message', 'log', '__proto__').map((name): Change => {
  return (line) => encoder.encode(JSON.stringify({ [name]: line, host: { name: 'h' } }));
});

function linesOf(decoder: Decoder): readonly string[] {
  return fixtures()
    .filter((fixture) => fixture.decoder === decoder)
    .flatMap((fixture) => fixture.lines);
}

describe('decoders on changed records', function () {
  // A record takes a fraction of a millisecond; one that hangs ends here.
  this.timeout(30_000 + 20 * RUNS);

  for (const decoder of decoders) {
    it(`${decoder.name}: throws at nothing, and refuses for a reason of the list (${RUNS} records)`, () => {
      const lines = linesOf(decoder);
      const change = fc.oneof(
        { arbitrary: wrong, weight: 5 },
        { arbitrary: flipped, weight: 2 },
        { arbitrary: spliced, weight: 2 },
        { arbitrary: cut, weight: 1 },
        { arbitrary: nested, weight: 1 },
        { arbitrary: enveloped, weight: 1 },
      );
      const position = { source: 'telemetry', partition: 0, offset: 1 };
      const property = fc.property(fc.constantFrom(...lines), change, (line, apply) => {
        const payload = apply(line);
        if (payload === undefined) return;
        const problem = decoder.decode({ payload, position }, useEvent);
        if (problem === undefined) return;
        expect(problem.reason).to.be.oneOf([...REASONS]);
        expect(problem.detail.length, 'detail').to.be.at.most(300);
      });
      fc.assert(property, { numRuns: RUNS });
    });
  }
});
