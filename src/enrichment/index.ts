import type { Policy } from '../policy/policy.ts';
import { CONFIRMATION_LIMITS, ConfirmationTracker } from './confirmations.ts';
import type { ConfirmationLimits } from './confirmations.ts';
import { DecodedPayload } from './decoded-payload.ts';
import { DestinationDerivation } from './destination.ts';
import { dnsPayload } from './dns-payload.ts';
import type { Enrichments } from './enrichment.ts';
import { eventMinute } from './event-minute.ts';
import { LINEAGE_LIMITS, LineageTracker } from './lineage.ts';
import type { LineageLimits } from './lineage.ts';
import { NAMES_LIMITS, NamesTracker } from './names.ts';
import type { NamesLimits } from './names.ts';
import { PathClass } from './path-class.ts';
import { payloadMeasures } from './payload.ts';
import { SensitiveContent } from './sensitive-content.ts';
import { TOKEN_LIMITS, TokenTracker } from './tokens.ts';
import type { TokenLimits } from './tokens.ts';
import { tokenValid } from './token-valid.ts';

/** Limits of the trackers; each can change a verdict, so they come from configuration. */
export interface EnrichmentLimits {
  readonly lineage: LineageLimits;
  readonly names: NamesLimits;
  readonly tokens: TokenLimits;
  readonly confirmations: ConfirmationLimits;
}

/** The limits that hold where the configuration names none. */
export const ENRICHMENT_LIMITS: EnrichmentLimits = {
  lineage: LINEAGE_LIMITS,
  names: NAMES_LIMITS,
  tokens: TOKEN_LIMITS,
  confirmations: CONFIRMATION_LIMITS,
};

/** Every enrichment there is. The trackers start empty; confirmations read what lineage wrote. */
export function createEnrichments(
  policy: Policy,
  limits: EnrichmentLimits = ENRICHMENT_LIMITS,
): Enrichments {
  return {
    derivations: [
      payloadMeasures,
      new DecodedPayload(),
      dnsPayload,
      new SensitiveContent(),
      new PathClass(),
      new DestinationDerivation(),
      tokenValid,
      eventMinute,
    ],
    trackers: [
      new LineageTracker(policy, limits.lineage),
      new NamesTracker(limits.names),
      new TokenTracker(limits.tokens),
      new ConfirmationTracker(limits.confirmations),
    ],
  };
}
