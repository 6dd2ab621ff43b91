import type { TelemetryEvent } from '../event/event.ts';
import type { Membership, ProcessRow } from './lineage-host.ts';

/** What lineage can say of an event; the ECS names stand where ECS has one. */
export const LINEAGE_FIELDS: readonly string[] = [
  'process.ai_agent.name',
  'process.ai_agent.is_descendant',
  'process.command_line',
  'process.executable',
  'process.parent.command_line',
  'process.parent.executable',
  'tidegate.lineage.depth',
  'tidegate.lineage.origin',
  'tidegate.lineage.root.entity_id',
  'tidegate.lineage.root.executable',
];

/** Writes what is known of the event's process. */
export function writeLineage(event: TelemetryEvent, row: ProcessRow, membership: Membership): void {
  const { lineage, depth, isDescendant } = membership;
  const { derived } = event;
  derived.set('process.ai_agent.name', lineage.agent);
  derived.set('process.ai_agent.is_descendant', isDescendant);
  derived.set('tidegate.lineage.depth', depth);
  derived.set('tidegate.lineage.origin', lineage.origin);
  derived.set('tidegate.lineage.root.entity_id', lineage.rootEntityId);
  derived.set('tidegate.lineage.root.executable', lineage.rootExecutable);
  join(event, 'process.executable', row.executable);
  join(event, 'process.command_line', membership.commandLine);
  join(event, 'process.parent.executable', membership.parentExecutable);
  join(event, 'process.parent.command_line', membership.parentCommandLine);
}

// What the event says itself is nearer to the truth than what we remember.
function join(event: TelemetryEvent, field: string, text: string | undefined): void {
  if (text !== undefined && event.get(field) === undefined) event.derived.set(field, text);
}

/** An event without any process identity can still be the agent's own; its descendants can not be told. */
export function writeAgentAlone(event: TelemetryEvent, agent: string): void {
  event.derived.set('process.ai_agent.name', agent);
  event.derived.set('process.ai_agent.is_descendant', false);
  event.derived.set('tidegate.lineage.depth', 0);
  event.derived.set('tidegate.lineage.origin', 'inferred');
}
