import { sensors } from '../../decoders/index.ts';
import { fitsLogsource, knownLogsources } from '../../event/logsource.ts';
import { reportUnknownFields } from '../../language/fields.ts';
import type { RuleProblem } from '../../language/problem.ts';
import type { RuleSet } from '../../language/ruleset.ts';
import type { DetectionRule } from '../../language/tree.ts';
import { isKnownField } from '../catalogue.ts';
import { coverage } from '../coverage.ts';
import type { Findings } from './findings.ts';

/** Rules that no sensor serves, or that all sensors leave blind. */
export function checkSight(ruleSet: RuleSet, findings: Findings): void {
  const byId = new Map(
    [...ruleSet.detections, ...ruleSet.correlations].map(({ rule }) => [rule.id, rule]),
  );
  for (const { id, level } of coverage(ruleSet, sensors, sensors)) {
    const rule = byId.get(id);
    if (level !== 'blind' || rule === undefined) continue;
    if (rule.kind === 'detection' && !isServed(rule)) {
      findings.at('no-sensor', rule, ['logsource'], 'no sensor has events of the log source');
    } else {
      const message = 'no sensor with such events fills a field that the rule can not do without';
      findings.at('no-sense', rule, [rule.kind], message);
    }
  }
}

function isServed({ logsource }: DetectionRule): boolean {
  return knownLogsources().some((known) => fitsLogsource(logsource, known));
}

/** Fields that neither a sensor nor an enrichment is known to fill. */
export function unknownFields(ruleSet: RuleSet): readonly RuleProblem[] {
  const rules = ruleSet.detections.map(({ rule }) => rule);
  return reportUnknownFields(rules, (field, rule) => {
    return rule.kind !== 'detection' || isKnownField(field, rule.logsource);
  });
}
