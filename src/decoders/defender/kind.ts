import { ecs } from '../../event/shape.ts';
import type { EcsField } from '../../event/shape.ts';
import { deedsOf, shapesByProduct } from '../event-kind.ts';
import type { Deed, EventKind, ShapesByProduct } from '../event-kind.ts';
import { actor, actorAliases, actorFields } from './fields.ts';

/** The shapes of this kind of row. */
export function kindOf(row: Omit<EventKind, 'sensor' | 'services'>): ShapesByProduct {
  return shapesByProduct({ ...row, sensor: 'defender', services: ['defender'] });
}

/** ECS' category and type; `ActionType` says more than a word of ours and is the action. */
export function words(category: string, type: string): readonly EcsField[] {
  return [ecs('event.category', () => [category]), ecs('event.type', () => [type])];
}

/** Rows in which a process did something. */
export const deedOf: (deed: Deed) => ShapesByProduct = deedsOf({
  sensor: 'defender',
  process: actor,
  aliases: actorAliases,
  fields: actorFields,
});
