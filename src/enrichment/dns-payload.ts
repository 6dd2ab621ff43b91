import { getDomain } from 'tldts';

import type { FieldValue, TelemetryEvent } from '../event/event.ts';
import type { Derivation } from './enrichment.ts';

const NAME_LENGTH_MAX = 255;

/**
 * What a looked-up name, or one on the command line of a lookup, could carry: the labels below the registrable domain, which the asker chooses. Content networks
 * and trackers have long ones too; many different ones of one domain are a channel.
 */
export const dnsPayload: Derivation = {
  fields: ['tidegate.payload.dns_characters', 'tidegate.payload.dns_entropy'],
  needs: ['tidegate.destination.host'],
  derive(event: TelemetryEvent): void {
    const name = nameOf(event);
    if (typeof name !== 'string' || name.length > NAME_LENGTH_MAX) return;
    const domain = getDomain(name);
    if (domain === null || name.length <= domain.length) return;
    const carried = name.slice(0, -domain.length).replaceAll('.', '');
    event.derived.set('tidegate.payload.dns_characters', carried.length);
    event.derived.set('tidegate.payload.dns_entropy', entropyOf(carried));
  },
};

// The name that is looked up, or that a command is told to look up.
function nameOf(event: TelemetryEvent): FieldValue | undefined {
  if (event.activity === 'dns') return event.get('QueryName');
  if (event.activity !== 'process_start') return undefined;
  return event.derived.get('tidegate.destination.host');
}

function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const sign of text.toLowerCase()) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / text.length) * Math.log2(count / text.length);
  return Math.round(bits * 100) / 100;
}
