import type { Command } from 'commander';

import { addRulesCheck } from './rules-check.ts';
import { addRulesCoverage } from './rules-coverage.ts';
import { addRulesCost } from './rules-cost.ts';
import { addRulesList } from './rules-list.ts';
import { addRulesShow } from './rules-show.ts';
import { addRulesTune } from './rules-tune.ts';
import { addRulesNew } from './rules-new.ts';
import { addRulesExchange } from './rules-exchange.ts';
import { addRulesNoise } from './rules-noise.ts';
import { addRulesPack } from './rules-pack.ts';
import { addRulesTest } from './rules-test.ts';

/** `tidegate rules ...`: everything that is done with rules themselves. */
export function addRules(program: Command): void {
  const rules = program
    .command('rules')
    .description('work on rules: new, check, test, list, show, noise, cost, tune, coverage, pack')
    .addHelpText('after', '\n`tidegate rules COMMAND --help` explains each.');
  addRulesCheck(rules);
  addRulesExchange(rules);
  addRulesNew(rules);
  addRulesTune(rules);
  addRulesList(rules);
  addRulesShow(rules);
  addRulesNoise(rules);
  addRulesCost(rules);
  addRulesTest(rules);
  addRulesCoverage(rules);
  addRulesPack(rules);
}
