import type { CorrelationType } from '../../language/tree.ts';
import type { CorrelationMeasure } from './correlation.ts';
import { eventCount } from './event-count.ts';
import { firstSeen } from './first-seen.ts';
import { temporal } from './temporal.ts';
import { temporalOrdered } from './temporal-ordered.ts';
import { valueAvg } from './value-avg.ts';
import { valueCount } from './value-count.ts';
import { valueMedian, valuePercentile } from './value-percentile.ts';
import { valueSum } from './value-sum.ts';

/** Every correlation type, by its name. */
export const correlationMeasures: Readonly<Record<CorrelationType, CorrelationMeasure>> = {
  event_count: eventCount,
  value_count: valueCount,
  value_sum: valueSum,
  value_avg: valueAvg,
  value_percentile: valuePercentile,
  value_median: valueMedian,
  temporal,
  temporal_ordered: temporalOrdered,
  first_seen: firstSeen,
};
