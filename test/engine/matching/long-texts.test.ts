import { expect } from 'chai';
import fc from 'fast-check';
import { createAutoDecoder } from '../../../src/decoders/index.ts';
import { createMatcher } from '../../../src/engine/matcher.ts';
import { holds } from '../../../src/engine/matching/reference.ts';
import type { TelemetryEvent } from '../../../src/event/event.ts';
import type { Expression, PatternPart } from '../../../src/language/tree.ts';
import { and, field, not, or, plain, policyOf, ruleSetOf, sampleRule, text } from './sample.ts';

const decoder = createAutoDecoder();
const encoder = new TextEncoder();

/** The event of a record whose layout was met before, so that it is scanned. */
function eventOf(text: string): TelemetryEvent {
  const events: TelemetryEvent[] = [];
  const position = { source: 'test', partition: 0, offset: 0 };
  const record = { payload: encoder.encode(text), position };
  for (let time = 0; time < 3; time++) {
    expect(decoder.decode(record, (event) => events.push(event))).to.equal(undefined);
  }
  const event = events.at(-1);
  if (event === undefined) throw new Error('no event');
  return event;
}

function scriptOf(value: string): string {
  return JSON.stringify({
    EventID: 4104,
    Channel: 'Microsoft-Windows-PowerShell/Operational',
    Hostname: 'h',
    EventTime: '2020-01-01 00:00:00',
    ScriptBlockText: value,
  });
}

const ANY: PatternPart = { kind: 'many' };

/** The script contains this text, or is there at all. */
function script(...parts: readonly string[]): Expression {
  const literals = parts.map((part): PatternPart => ({ kind: 'literal', text: part }));
  return field('ScriptBlockText', text(parts.length === 0 ? [ANY] : [ANY, ...literals, ANY]));
}

describe('long values', () => {
  it('are judged as the reference judges them, whatever is looked for in them', () => {
    const unit = fc.constantFrom(...'aAbBnN06\\/"&=<-é \n');
    const rare = fc.constantFrom('', '', '', '\u212a');
    const piece = fc.string({ unit, minLength: 1, maxLength: 9 });
    const pieces = fc.array(piece, { minLength: 1, maxLength: 12 });
    let matches = 0;
    let plainEvents = 0;
    const property = fc.property(
      pieces,
      pieces,
      rare,
      fc.nat(1200),
      (sought, found, sign, length) => {
        const texts = sought.map((each) => script(each));
        const expressions = [...texts, and(script(), not(or(...texts.slice(0, 2))))];
        const rules = expressions.map((expression, index) => {
          return sampleRule(`rule-${index}`, [expression], { product: 'windows' });
        });
        const ruleSet = ruleSetOf(...rules);
        const matcher = createMatcher({ ruleSet, policy: policyOf(), enrichments: plain });
        const tail = found
          .map((each, index) => each + (sought[index] ?? '').toUpperCase())
          .join('');
        for (const value of [
          `${'x'.repeat(length)}${tail}`,
          `${tail}${'xy'.repeat(1100)}${sign}${tail}`,
        ]) {
          const event = eventOf(scriptOf(value));
          if (event.plainBytes !== undefined) plainEvents++;
          const ids: string[] = [];
          matcher.match(event, 'arrival', ({ rule }) => ids.push(rule.id));
          // The reference reads another event, so that it makes no text of this one.
          const twin = eventOf(scriptOf(value));
          const expected = expressions.flatMap((expression, index) => {
            return holds(expression, twin) ? [`rule-${index}`] : [];
          });
          expect(ids.toSorted()).to.deep.equal(expected.toSorted());
          matches += ids.length;
        }
      },
    );
    fc.assert(property, { numRuns: 400 });
    expect(plainEvents).to.be.within(400, 799);
    expect(matches).to.be.greaterThan(1000);
  });
});
