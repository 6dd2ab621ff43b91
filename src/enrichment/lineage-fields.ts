import type { TelemetryEvent } from '../event/event.ts';
import { fileName } from '../policy/agents.ts';
import type { Membership, ProcessRow } from './lineage-host.ts';

/** What lineage can say of an event; the ECS names stand where ECS has one. */
export const LINEAGE_FIELDS: readonly string[] = [
  'process.ai_agent.name',
  'process.ai_agent.is_descendant',
  'process.command_line',
  'process.executable',
  'process.parent.command_line',
  'process.parent.executable',
  'tidegate.lineage.boundary',
  'tidegate.lineage.depth',
  'tidegate.lineage.is_own_program',
  'tidegate.lineage.origin',
  'tidegate.lineage.root.entity_id',
  'tidegate.lineage.root.executable',
];

// Programs behind which work goes on where this host's sensors do not see it: what stands there is not in the tree.
const BOUNDARIES: ReadonlyMap<string, 'wsl' | 'vm' | 'ssh' | 'container'> = new Map([
  ...['wsl', 'wslhost', 'wslrelay'].map((name) => [name, 'wsl'] as const),
  ...['ssh', 'plink', 'mosh-client', 'autossh', 'putty'].map((name) => [name, 'ssh'] as const),
  ...['cowork-svc', 'vmwp', 'vboxheadless', 'vboxmanage', 'vmrun', 'multipass', 'limactl'].map(
    (name) => [name, 'vm'] as const,
  ),
  ...['qemu-system-x86_64', 'qemu-system-aarch64', 'tart', 'prlctl', 'utmctl', 'vagrant'].map(
    (name) => [name, 'vm'] as const,
  ),
  ['com.apple.virtualization.virtualmachine', 'vm'],
  ...['docker', 'podman', 'nerdctl', 'kubectl'].map((name) => [name, 'container'] as const),
]);

function boundaryOf(executable: string | undefined): string | undefined {
  if (executable === undefined) return undefined;
  const name = fileName(executable).toLowerCase();
  return BOUNDARIES.get(name.endsWith('.exe') ? name.slice(0, -4) : name);
}

/** Writes what is known of the event's process. */
export function writeLineage(event: TelemetryEvent, row: ProcessRow, membership: Membership): void {
  const { lineage, depth, isDescendant } = membership;
  const { derived } = event;
  derived.set('process.ai_agent.name', lineage.agent);
  derived.set('process.ai_agent.is_descendant', isDescendant);
  derived.set('tidegate.lineage.depth', depth);
  derived.set('tidegate.lineage.is_own_program', membership.isOwnProgram);
  derived.set('tidegate.lineage.origin', lineage.origin);
  derived.set('tidegate.lineage.root.entity_id', lineage.rootEntityId);
  derived.set('tidegate.lineage.root.executable', lineage.rootExecutable);
  const boundary = boundaryOf(row.executable);
  if (boundary !== undefined) derived.set('tidegate.lineage.boundary', boundary);
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
  event.derived.set('tidegate.lineage.is_own_program', true);
  event.derived.set('tidegate.lineage.origin', 'inferred');
}
