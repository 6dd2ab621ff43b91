import { expect } from 'chai';
import { createMatcher } from '../../src/engine/matcher.ts';
import type { Matcher, Stage } from '../../src/engine/matcher.ts';
import type { Derivation, Enrichments, Tracker } from '../../src/enrichment/enrichment.ts';
import type { FieldValue, TelemetryEvent } from '../../src/event/event.ts';
import { logsource } from '../../src/event/logsource.ts';
import type { LinkedDetection } from '../../src/language/ruleset.ts';
import type { Match } from '../../src/language/tree.ts';
import {
  and,
  exists,
  field,
  keyword,
  launches,
  not,
  or,
  plain,
  policyOf,
  ruleSetOf,
  sampleEvent,
  sampleRule,
  text,
} from './matching/sample.ts';

const files = logsource('windows', ['file_event'], ['sysmon']);

function matcherOf(
  detections: readonly LinkedDetection[],
  enrichments: Enrichments = plain,
  lists: Readonly<Record<string, readonly string[]>> = {},
): Matcher {
  return createMatcher({ ruleSet: ruleSetOf(...detections), policy: policyOf(lists), enrichments });
}

function hits(
  matcher: Matcher,
  event: TelemetryEvent,
  stage: Stage = 'arrival',
): readonly string[] {
  const ids: string[] = [];
  matcher.match(event, stage, ({ rule }) => ids.push(rule.id));
  return ids;
}

/** An event that counts which fields are asked for. */
function counted(event: TelemetryEvent): {
  readonly event: TelemetryEvent;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const get = (name: string): FieldValue | undefined => {
    asked.push(name);
    return event.get(name);
  };
  const someValue: TelemetryEvent['someValue'] = (visit) => {
    asked.push('*');
    return event.someValue(visit);
  };
  return { event: { ...event, get, someValue }, asked };
}

function tracker(...fields: readonly string[]): Tracker {
  return {
    name: 'tracker',
    fields,
    feeds: () => false,
    observe: () => undefined,
    enrich: () => false,
    snapshot: () => undefined,
    restore: () => undefined,
    statistics: () => ({ entries: 0, evicted: 0, fullest: 0 }),
  };
}

interface CountedDerivation extends Derivation {
  runs: number;
}

function derivation(
  name: string,
  needs: readonly string[],
  derive: (event: TelemetryEvent) => FieldValue | undefined,
): CountedDerivation {
  return {
    fields: [name],
    needs,
    runs: 0,
    derive(event) {
      this.runs++;
      const value = derive(event);
      if (value !== undefined) event.derived.set(name, value);
    },
  };
}

describe('matcher', () => {
  it('reports rules once and in the order of the rule set', () => {
    const matcher = matcherOf([
      sampleRule('b', [field('x', text('*one*')), field('x', text('*two*'))]),
      sampleRule('a', [not(field('y', text('1')))]),
      sampleRule('c', [field('x', text('*two*'))]),
    ]);
    expect(hits(matcher, sampleEvent({ x: 'one two' }))).to.deep.equal(['b', 'a', 'c']);
    expect(hits(matcher, sampleEvent({ x: 'two', y: 1 }))).to.deep.equal(['b', 'c']);
  });

  it('L9 a rule of another log source is not evaluated, and costs nothing', () => {
    const matcher = matcherOf([
      sampleRule('any', [field('x', text('1'))], { product: 'windows' }),
      sampleRule('launch', [field('x', text('1'))], { category: 'process_creation' }),
      sampleRule('linux', [field('x', text('1'))], { product: 'linux' }),
      sampleRule('service', [field('z', text('1'))], {
        category: 'file_event',
        service: 'security',
      }),
    ]);
    expect(hits(matcher, sampleEvent({ x: 1 }))).to.deep.equal(['any', 'launch']);
    const { event, asked } = counted(sampleEvent({ x: 1, z: 1 }, files));
    expect(hits(matcher, event)).to.deep.equal(['any']);
    expect(asked).to.deep.equal(['x']);
  });

  it('reads what a rule needs only when the rarest of it is there', () => {
    const rule = and(
      field('Image', text('*\\\\certutil.exe')),
      field('CommandLine', { kind: 'regex', source: '.', flags: '' }),
      not(field('User', text('*'))),
    );
    const matcher = matcherOf([sampleRule('rule', [rule])]);
    const other = counted(sampleEvent({ Image: 'C:\\cmd.exe', CommandLine: 'x', User: 'y' }));
    expect(hits(matcher, other.event)).to.deep.equal([]);
    expect(other.asked).to.deep.equal(['Image']);
    const fitting = counted(sampleEvent({ Image: 'C:\\CertUtil.exe', CommandLine: 'x' }));
    expect(hits(matcher, fitting.event)).to.deep.equal(['rule']);
    expect(fitting.asked.toSorted()).to.deep.equal(['CommandLine', 'Image', 'User']);
  });

  it('asks for a field once, however many rules read it', () => {
    const rules = ['a', 'b', 'c'].map((id) => sampleRule(id, [field('x', text(`*${id}*`))]));
    const { event, asked } = counted(sampleEvent({ x: 'abc' }));
    expect(hits(matcherOf(rules), event)).to.deep.equal(['a', 'b', 'c']);
    expect(asked).to.deep.equal(['x']);
  });

  it('walks the values of an event for keywords once, and only where a rule has some', () => {
    const matcher = matcherOf([
      sampleRule('a', [keyword(text('*sekurlsa::*'))]),
      sampleRule('b', [keyword(text('*lsadump::*'))]),
    ]);
    const launch = counted(sampleEvent({ x: 'nothing' }));
    expect(hits(matcher, launch.event)).to.deep.equal([]);
    expect(launch.asked).to.deep.equal(['*']);
    const file = counted(sampleEvent({ x: 'sekurlsa::' }, files));
    expect(hits(matcher, file.event)).to.deep.equal([]);
    expect(file.asked).to.deep.equal([]);
  });

  it('finds a rarer witness when the first turns out to be common', () => {
    const rule = and(
      field('x', text('*long-and-yet-common*')),
      field('y', text('rare')),
      field('z', text('z')),
    );
    const matcher = matcherOf([sampleRule('rule', [rule])]);
    const common = { x: 'long-and-yet-common', y: 'often', z: 'z' };
    for (let index = 0; index < 300; index++) hits(matcher, sampleEvent(common));
    const { event, asked } = counted(sampleEvent(common));
    expect(hits(matcher, event)).to.deep.equal([]);
    expect(asked).to.deep.equal(['y']);
    expect(hits(matcher, sampleEvent({ ...common, y: 'RARE' }))).to.deep.equal(['rule']);
  });

  it('may be used again inside the callback', () => {
    const rule = sampleRule('rule', [field('x', text('*a*')), field('x', text('*b*'))]);
    const other = sampleRule('other', [field('x', text('*b*'))]);
    const matcher = matcherOf([rule, other]);
    const seen: string[] = [];
    const event = sampleEvent({ x: 'ab' });
    matcher.match(event, 'arrival', (detection) => {
      seen.push(`${detection.rule.id}: ${matcher.matchedSelections(detection, event).join()}`);
      matcher.match(sampleEvent({ x: 'a' }), 'arrival', ({ rule: { id } }) => seen.push(`  ${id}`));
    });
    expect(seen).to.deep.equal([
      'rule: selection_0,selection_1',
      '  rule',
      'other: selection_0',
      '  rule',
    ]);
  });

  it('C9 names the selections that hold', () => {
    const rule = sampleRule('rule', [
      field('x', text('1')),
      not(field('x', text('1'))),
      exists('y', false),
    ]);
    const matcher = matcherOf([rule]);
    expect(matcher.matchedSelections(rule, sampleEvent({ x: 1 }))).to.deep.equal([
      'selection_0',
      'selection_2',
    ]);
    expect(matcher.matchedSelections(rule, sampleEvent({ y: 1 }))).to.deep.equal(['selection_1']);
  });
});

describe('matcher and enrichments', () => {
  const agent = field('tidegate.agent', text('claude'));

  it('reads computed fields from enrichments alone', () => {
    const enrichments = { derivations: [], trackers: [tracker('tidegate.agent')] };
    const matcher = matcherOf([sampleRule('rule', [agent])], enrichments);
    const forged = sampleEvent({ 'tidegate.agent': 'claude' });
    expect(hits(matcher, forged, 'ordered')).to.deep.equal([]);
    forged.derived.set('tidegate.agent', 'claude');
    expect(hits(matcher, forged, 'ordered')).to.deep.equal(['rule']);
  });

  it('a reference to a computed field reads it the same way', () => {
    const enrichments = { derivations: [], trackers: [tracker('owner')] };
    const reference: Match = { kind: 'fieldref', field: 'owner', position: 'equal', cased: false };
    const matcher = matcherOf([sampleRule('rule', [field('User', reference)])], enrichments);
    const event = sampleEvent({ User: 'ann', owner: 'ann' });
    expect(matcher.waits(launches)).to.equal(true);
    expect(hits(matcher, event, 'ordered')).to.deep.equal([]);
    event.derived.set('owner', 'Ann');
    expect(hits(matcher, event, 'ordered')).to.deep.equal(['rule']);
  });

  it('rules that depend on trackers wait, all others are judged on arrival', () => {
    const enrichments = {
      derivations: [
        derivation('from_tracker', ['from_other'], () => 1),
        derivation('from_other', ['tidegate.agent'], () => 1),
        derivation('own', [], () => 1),
      ],
      trackers: [tracker('tidegate.agent')],
    };
    const matcher = matcherOf(
      [
        sampleRule('raw', [field('x', text('1'))]),
        sampleRule('derived', [field('own', text('1'))]),
        sampleRule('chained', [field('from_tracker', text('1'))]),
        sampleRule('negated', [not(exists('tidegate.agent'))]),
      ],
      enrichments,
    );
    expect(hits(matcher, sampleEvent({ x: 1 }), 'arrival')).to.deep.equal(['raw', 'derived']);
    expect(hits(matcher, sampleEvent({ x: 1 }), 'ordered')).to.deep.equal(['chained', 'negated']);
    expect(matcher.waits(launches)).to.equal(true);
    expect(matcher.waits(files)).to.equal(false);
  });

  it('a derivation runs only when a rule asks, and once for an event', () => {
    const length = derivation('length', [], (event) => String(event.get('x')).length);
    const asks = and(field('x', text('*needle*')), field('length', text('6')));
    const asksToo = and(field('x', text('*needle*')), field('length', text('7')));
    const rules = [sampleRule('a', [asks]), sampleRule('b', [asksToo])];
    const matcher = matcherOf(rules, { derivations: [length], trackers: [] });
    expect(hits(matcher, sampleEvent({ x: 'nothing' }))).to.deep.equal([]);
    expect(length.runs).to.equal(0);
    const event = sampleEvent({ x: 'needle' });
    expect(hits(matcher, event)).to.deep.equal(['a']);
    expect(length.runs).to.equal(1);
    // Others come in between, and the event comes back for its alert.
    expect(hits(matcher, sampleEvent({ x: 'needles' }))).to.deep.equal(['b']);
    expect(length.runs).to.equal(2);
    for (const rule of rules) matcher.matchedSelections(rule, event);
    hits(matcher, event);
    expect(length.runs).to.equal(2);
  });

  it('shows of an event what its rule asks, whatever others asked and in whatever order', () => {
    const length = {
      ...derivation('length', [], () => '3'),
      fields: ['length', 'halves'],
      derive({ derived }: TelemetryEvent): void {
        derived.set('length', '3').set('halves', '1.5');
      },
    };
    const tail = derivation('tail', [], () => 'c');
    const enrichments = { derivations: [length, tail], trackers: [tracker('tidegate.agent')] };
    const asks = and(field('x', text('*')), or(field('x', text('a*')), field('length', text('3'))));
    const rules = [sampleRule('a', [asks]), sampleRule('b', [field('tail', text('?'))])];
    for (const order of [rules, rules.toReversed(), rules.slice(0, 1)]) {
      const matcher = matcherOf(order, enrichments);
      for (const x of ['abc', 'bcd', 'abc']) {
        const event = sampleEvent({ x });
        event.derived.set('tidegate.agent', 'claude');
        expect(hits(matcher, event)).to.include('a');
        const rule = rules[0];
        if (rule === undefined) throw new Error('no rule');
        expect(matcher.computed(rule, event)).to.deep.equal([
          ['tidegate.agent', 'claude'],
          ['length', '3'],
          ['halves', '1.5'],
        ]);
      }
    }
  });

  it('runs what a derivation needs before it, even in a circle', () => {
    const order: string[] = [];
    const note = (name: string) => (): FieldValue => {
      order.push(name);
      return name;
    };
    const first = derivation('first', ['second'], note('first'));
    const second = derivation('second', ['first'], note('second'));
    const matcher = matcherOf([sampleRule('rule', [field('first', text('first'))])], {
      derivations: [first, second],
      trackers: [],
    });
    expect(hits(matcher, sampleEvent({}))).to.deep.equal(['rule']);
    expect(order).to.deep.equal(['second', 'first']);
  });
});

describe('matcher and placeholders', () => {
  const placeholder = (name: string, around = ''): Match => {
    const literal = { kind: 'literal', pattern: [{ kind: 'literal', text: around }] } as const;
    const parts = [{ kind: 'placeholder', name }, ...(around === '' ? [] : [literal])] as const;
    return { kind: 'placeholder', parts, cased: false };
  };

  it('M15 a list fills in for its placeholder, with wildcards', () => {
    const matcher = matcherOf([sampleRule('rule', [field('User', placeholder('admins'))])], plain, {
      admins: ['root', 'adm_*', 'a\\*b'],
    });
    for (const user of ['ROOT', 'adm_ann', 'a*b']) {
      expect(hits(matcher, sampleEvent({ User: user })), user).to.deep.equal(['rule']);
    }
    for (const user of ['ann', 'roots', 'axb', '%admins%']) {
      expect(hits(matcher, sampleEvent({ User: user })), user).to.deep.equal([]);
    }
  });

  it('M15 text around a placeholder stays', () => {
    const rule = sampleRule('rule', [field('Image', placeholder('names', '.exe'))]);
    const matcher = matcherOf([rule], plain, { names: ['*\\\\a', '*\\\\b'] });
    expect(hits(matcher, sampleEvent({ Image: 'C:\\B.exe' }))).to.deep.equal(['rule']);
    expect(hits(matcher, sampleEvent({ Image: 'C:\\B' }))).to.deep.equal([]);
  });

  it('M15 an undefined placeholder disables its rule, and says so once', () => {
    const broken = sampleRule('broken', [
      or(field('x', text('1')), field('User', placeholder('nobody'))),
      field('User', placeholder('nobody')),
    ]);
    const matcher = matcherOf([broken, sampleRule('sound', [field('x', text('1'))])]);
    expect(hits(matcher, sampleEvent({ x: 1 }))).to.deep.equal(['sound']);
    expect(matcher.problems).to.deep.equal([
      {
        severity: 'warning',
        code: 'undefined-placeholder',
        message: 'the rule is disabled: no list defines the placeholder %nobody%',
        hint: 'Add the list to the policy; one that is empty matches nothing.',
        file: 'broken.yml',
        line: 1,
        column: 1,
        ruleId: 'broken',
      },
    ]);
  });

  it('M15 an empty list matches nothing, and disables nothing', () => {
    const matcher = matcherOf(
      [
        sampleRule('listed', [field('User', placeholder('admins'))]),
        sampleRule('unlisted', [not(field('User', placeholder('admins')))]),
      ],
      plain,
      { admins: [] },
    );
    expect(matcher.problems).to.deep.equal([]);
    expect(hits(matcher, sampleEvent({ User: '' }))).to.deep.equal(['unlisted']);
  });

  it('lists that multiply beyond the limit disable their rule', () => {
    const many = Array.from({ length: 200 }, (_, index) => `u${index}`);
    const parts = [{ kind: 'placeholder', name: 'many' }] as const;
    const match: Match = { kind: 'placeholder', parts: [...parts, ...parts], cased: false };
    const matcher = matcherOf([sampleRule('rule', [field('x', match)])], plain, { many });
    expect(matcher.problems.map(({ code }) => code)).to.deep.equal(['placeholder-too-large']);
  });

  it('a comparison that can not be compiled disables every rule that has it', () => {
    const bad = field('x', { kind: 'regex', source: '(?=x)', flags: '' });
    const worse = field('x', { kind: 'cidr', network: '10.0.0.0/33' });
    const matcher = matcherOf([
      sampleRule('a', [bad]),
      sampleRule('b', [bad]),
      sampleRule('c', [worse]),
    ]);
    const problems = matcher.problems.map(({ ruleId, code }) => `${ruleId}: ${code}`);
    expect(problems).to.deep.equal(['a: invalid-regex', 'b: invalid-regex', 'c: invalid-network']);
    expect(hits(matcher, sampleEvent({ x: 'x' }))).to.deep.equal([]);
  });
});
