import { expect } from 'chai';
import { createMatcher } from '../../../src/engine/matcher.ts';
import { holds } from '../../../src/engine/matching/reference.ts';
import type { TelemetryEvent } from '../../../src/event/event.ts';
import { fitsLogsource } from '../../../src/event/logsource.ts';
import { measure } from '../../../bench/matching/matching.bench.ts';
import { eventsOf, expectedMatches, isCorpusHere, recording, sigmaRules } from './corpus.ts';
import { plain, policyOf } from './sample.ts';

// Few of every kind of event, since those that are common are much alike; and none of those that
// carry whole scripts, on which the reference takes seconds.
const lineLengthMax = 5000;
const recordings = [
  ['mordor/empire_enable_rdp', 3],
  ['mordor/cmd_sharpview_pcre_net', 2],
  ['evtx-mitre/ta0002-execution-t1059.001-powershell', 2],
  ['sigma-regression/events', 8],
] as const;

function sample(): readonly TelemetryEvent[] {
  return recordings.flatMap(([name, perKind]) => {
    const seen = new Map<string, number>();
    return recording(name)
      .filter((line) => line.length <= lineLengthMax)
      .flatMap((line, index) => eventsOf(line, index))
      .filter((event) => {
        const kind = JSON.stringify([event.logsource, event.get('EventID')]);
        const count = (seen.get(kind) ?? 0) + 1;
        seen.set(kind, count);
        return count <= perKind;
      });
  });
}

describe('the rules of SigmaHQ', () => {
  before(function () {
    if (isCorpusHere) return;
    if (process.env['CI'] === 'true') throw new Error('the shared rules are not here');
    process.stdout.write('skipped: ../shared is not here\n');
    this.skip();
  });

  it('match recorded events as the reference says', () => {
    const ruleSet = sigmaRules('rules/windows/');
    const matcher = createMatcher({ ruleSet, policy: policyOf(), enrichments: plain });
    expect(ruleSet.detections.length - matcher.problems.length).to.be.greaterThan(2400);
    const events = sample();
    expect(events.length).to.be.greaterThan(100);
    let matches = 0;
    for (const event of events) {
      const matched: string[] = [];
      matcher.match(event, 'arrival', ({ rule }) => matched.push(rule.id));
      const expected = ruleSet.detections
        .filter(({ rule }) => fitsLogsource(rule.logsource, event.logsource))
        .filter(({ expressions }) => expressions.some((each) => holds(each, event)))
        .map(({ rule }) => rule.id);
      expect(matched, JSON.stringify(event.position)).to.deep.equal(expected);
      matches += matched.length;
    }
    expect(matches).to.be.greaterThan(40);
  });

  it('match a recording as often as another evaluator says, and the bench counts it', () => {
    const name = 'mordor/cmd_lsass_memory_dumpert_syscalls';
    const folder = 'rules/windows/process_access/';
    const rules = new Set(sigmaRules(folder).detections.map(({ rule }) => rule.id));
    const expected = [...expectedMatches(name)].filter(([id]) => rules.has(id));
    const count = expected.reduce((sum, [, each]) => sum + each, 0);
    expect(count).to.be.greaterThan(0);
    const figures = measure(name, folder, 1);
    expect(figures.matches).to.equal(count);
    expect(figures.match + figures.decode).to.be.greaterThan(0);
  });
});
