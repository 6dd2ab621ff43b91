import { expect } from 'chai';
import { createMatcher } from '../../../src/engine/matcher.ts';
import { holds } from '../../../src/engine/matching/reference.ts';
import type { TelemetryEvent } from '../../../src/event/event.ts';
import { fitsLogsource } from '../../../src/event/logsource.ts';
import { eventsOf, isCorpusHere, recording, sigmaRules } from './corpus.ts';
import { plain, policyOf } from './sample.ts';

// Few of every kind of event, since those that are common are much alike; and none of those that carry whole
// scripts, on which the reference takes seconds.
const lineLengthMax = 5000;
const recordings = [
  ['mordor/empire_enable_rdp', 3],
  ['mordor/cmd_sharpview_pcre_net', 2],
  ['evtx-mitre/ta0002-execution-t1059.001-powershell', 2],
  ['sigma-regression/events', 12],
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
  it('match recorded events as the reference says', function () {
    if (!isCorpusHere) {
      if (process.env['CI'] === 'true') throw new Error('the shared rules are not here');
      console.log('skipped: ../shared is not here');
      this.skip();
    }
    const ruleSet = sigmaRules('rules/windows/');
    const matcher = createMatcher({ ruleSet, policy: policyOf(), enrichments: plain });
    expect(ruleSet.detections.length - matcher.problems.length).to.be.greaterThan(2400);
    const events = sample();
    expect(events.length).to.be.greaterThan(150);
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
    expect(matches).to.be.greaterThan(60);
  });
});
