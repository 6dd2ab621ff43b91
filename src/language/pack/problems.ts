import type { RuleProblem } from '../problem.ts';
import { finite, optional, shape, text, word } from './codec.ts';
import type { Codec } from './codec.ts';

/** What was wrong with a rule when its pack was written. */
export const ruleProblem: Codec<RuleProblem> = shape<RuleProblem>({
  severity: word(['error', 'warning']),
  code: text,
  message: text,
  hint: optional(text),
  file: text,
  line: finite,
  column: finite,
  ruleId: optional(text),
});
