import type { Policy } from '../policy/policy.ts';
import { DestinationDerivation } from './destination.ts';
import type { Enrichments } from './enrichment.ts';
import { LINEAGE_LIMITS, LineageTracker } from './lineage.ts';
import type { LineageLimits } from './lineage.ts';
import { NAMES_LIMITS, NamesTracker } from './names.ts';
import type { NamesLimits } from './names.ts';
import { payloadMeasures } from './payload.ts';

/** Limits of the trackers; each can change a verdict, so they come from configuration. */
export interface EnrichmentLimits {
  readonly lineage: LineageLimits;
  readonly names: NamesLimits;
}

/** The limits that hold where the configuration names none. */
export const ENRICHMENT_LIMITS: EnrichmentLimits = {
  lineage: LINEAGE_LIMITS,
  names: NAMES_LIMITS,
};

/** Every enrichment there is. The trackers start empty. */
export function createEnrichments(
  policy: Policy,
  limits: EnrichmentLimits = ENRICHMENT_LIMITS,
): Enrichments {
  return {
    derivations: [payloadMeasures, new DestinationDerivation()],
    trackers: [new LineageTracker(policy, limits.lineage), new NamesTracker(limits.names)],
  };
}
