import { correlationTypes } from '../correlation.ts';
import type { LinkedCorrelation } from '../ruleset.ts';
import type {
  Correlation,
  CorrelationBound,
  CorrelationCondition,
  CorrelationRule,
} from '../tree.ts';
import { finite, flag, listIn, listOf, mapOf, optional, shape, text, word } from './codec.ts';
import type { Codec } from './codec.ts';
import { conditionTree, headerFields, suppression } from './headers.ts';

type Threshold = Extract<CorrelationCondition, { kind: 'threshold' }>;
type Rest = Omit<CorrelationRule, 'kind'>;

const threshold: Codec<Omit<Threshold, 'kind'>> = shape<Omit<Threshold, 'kind'>>({
  bounds: listOf(
    shape<CorrelationBound>({
      operator: word(['gt', 'gte', 'lt', 'lte', 'eq', 'neq']),
      value: finite,
    }),
  ),
  fields: listOf(text),
  percentile: optional(finite),
});

const condition: Codec<CorrelationCondition> = {
  pack: (value) =>
    value.kind === 'threshold'
      ? ['threshold', threshold.pack(value)]
      : ['expression', value.text, conditionTree.pack(value.tree)],
  unpack: (value) => {
    const [kind, first, second] = listIn(value);
    if (kind === 'threshold') return { kind, ...threshold.unpack(first) };
    return { kind: 'expression', text: text.unpack(first), tree: conditionTree.unpack(second) };
  },
};

const correlation: Codec<Correlation> = shape<Correlation>({
  type: word(correlationTypes),
  rules: listOf(text),
  groupBy: listOf(text),
  timespanMs: finite,
  condition,
  aliases: mapOf(mapOf(text)),
  generate: flag,
  missingFields: word(['drop', 'group']),
});

const rule = shape<Rest>({ ...headerFields, correlation, suppress: optional(suppression) });

/** A correlation with what it was linked to. */
export const linkedCorrelation: Codec<LinkedCorrelation> = shape<LinkedCorrelation>({
  rule: {
    pack: rule.pack,
    unpack: (value) => ({ kind: 'correlation', ...rule.unpack(value) }),
  },
  sources: listOf(text),
  alerts: flag,
  meaning: text,
});
