import type { FieldValue, TelemetryEvent } from '../event/event.ts';
import { hostOfAuthority } from './command-hosts.ts';
import type { Derivation } from './enrichment.ts';

/** Whether a token that is valid now on this device, for this user, was issued for where the event leads. */
export const tokenValid: Derivation = {
  fields: ['tidegate.token.valid'],
  needs: ['tidegate.token.audiences', 'tidegate.destination.host'],
  derive(event: TelemetryEvent): void {
    const host = event.derived.get('tidegate.destination.host');
    const audiences = event.derived.get('tidegate.token.audiences');
    if (typeof host !== 'string' || !Array.isArray(audiences)) return;
    const isValid = (audiences as readonly FieldValue[]).some(
      (audience) => typeof audience === 'string' && reaches(audience, host),
    );
    event.derived.set('tidegate.token.valid', isValid);
  },
};

// `files.example.com`, `https://files.example.com/api`, or `*.example.com` for all hosts below.
function reaches(audience: string, host: string): boolean {
  if (audience.startsWith('*.')) return host.endsWith(audience.slice(1));
  const scheme = audience.indexOf('://');
  return hostOfAuthority(scheme < 0 ? audience : audience.slice(scheme + 3)) === host;
}
