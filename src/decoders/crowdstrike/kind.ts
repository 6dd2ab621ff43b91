import { deedsOf, shapesByProduct } from '../event-kind.ts';
import type { Deed, EventKind, ShapesByProduct } from '../event-kind.ts';
import { actor, actorAliases, actorFields } from './fields.ts';

/** The shapes of this kind of FDR event on each system. */
export function kindOf(row: Omit<EventKind, 'sensor' | 'services'>): ShapesByProduct {
  return shapesByProduct({ ...row, sensor: 'crowdstrike', services: ['crowdstrike'] });
}

/** The shapes of events in which a process did something. */
export const deedOf: (deed: Deed) => ShapesByProduct = deedsOf({
  sensor: 'crowdstrike',
  process: actor,
  aliases: actorAliases,
  fields: actorFields,
});
