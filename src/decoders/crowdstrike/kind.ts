import { deedsOf, shapesByProduct } from '../event-kind.ts';
import type { Deed, EventKind, ShapesByProduct } from '../event-kind.ts';
import { actor, actorAliases, actorFields } from './fields.ts';

// Records say which machine by the sensor's id.
const HOST = 'host.id';

/** The shapes of this kind of FDR event on each system. */
export function kindOf(row: Omit<EventKind, 'sensor' | 'services'>): ShapesByProduct {
  const shared = { sensor: 'crowdstrike', services: ['crowdstrike'], hostPath: HOST };
  return shapesByProduct({ ...shared, ...row });
}

/** The shapes of events in which a process did something. */
export const deedOf: (deed: Deed) => ShapesByProduct = deedsOf({
  sensor: 'crowdstrike',
  process: actor,
  aliases: actorAliases,
  fields: actorFields,
  hostPath: HOST,
});
