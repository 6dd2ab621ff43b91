import type { EcsDocument, TelemetryEvent } from '../event/event.ts';

/** The event as an ECS document that says where in its source it stood. */
export function ecsDocument(event: TelemetryEvent): EcsDocument {
  const { source, offset } = event.position;
  return { ...event.document(), tidegate: { source: { file: source, line: offset } } };
}
