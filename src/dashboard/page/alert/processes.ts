import { textAt, valueAt } from '../../../alert/ecs-path.ts';
import type { EcsDocument } from '../../../event/event.ts';
import type { AlertInFull } from '../../api/shapes.ts';
import type { EvidenceEvent } from './evidence.ts';

/** A process of the tree. */
export interface ProcessNode {
  readonly id: string;
  readonly name: string;
  readonly pid: string | undefined;
  readonly executable: string | undefined;
  readonly commandLine: string | undefined;
  readonly isAgentRoot: boolean;
  /** Stands for processes between two known ones that no event of this alert names. */
  readonly isGap: boolean;
  readonly events: number;
  readonly first: number | undefined;
  readonly lanes: Readonly<Record<'read' | 'run' | 'send', number>>;
  readonly children: readonly ProcessNode[];
}

interface Made {
  id: string;
  name: string;
  pid: string | undefined;
  executable: string | undefined;
  commandLine: string | undefined;
  parent: string | undefined;
  first: number | undefined;
  events: number;
  lanes: Record<'read' | 'run' | 'send', number>;
}

/**
 * The processes that the evidence names, from the agent's root down. A parent that no event names is
 * not guessed: it is drawn as unknown.
 */
export function processTree(
  alert: AlertInFull,
  evidence: readonly EvidenceEvent[],
): readonly ProcessNode[] {
  const made = new Map<string, Made>();
  for (const event of evidence) addEvent(made, event);
  const rootPath = textAt(alert.document, 'tidegate.lineage.root.executable');
  const rootId = textAt(alert.document, 'tidegate.lineage.root.entity_id');
  const tops = [...made.values()].filter(({ parent }) => parent === undefined || !made.has(parent));
  const nodes = tops.map((top) => nodeOf(top, made, isRoot(top, rootPath), new Set()));
  if (rootPath === undefined) return nodes;
  const own = nodes.find(({ isAgentRoot }) => isAgentRoot);
  if (own !== undefined) return nodes;
  return [rootNode(rootPath, rootId, depthOf(alert), nodes)];
}

function addEvent(made: Map<string, Made>, { event, time, lane }: EvidenceEvent): void {
  const process = valueAt(event, 'process');
  if (typeof process !== 'object' || process === null || Array.isArray(process)) return;
  const own = put(made, process as EcsDocument, time);
  own.events += 1;
  own.lanes[lane] += 1;
  const parent = valueAt(event, 'process.parent');
  if (typeof parent !== 'object' || parent === null || Array.isArray(parent)) return;
  const above = put(made, parent as EcsDocument, undefined);
  if (above.id !== own.id) own.parent = above.id;
}

function put(made: Map<string, Made>, process: EcsDocument, time: number | undefined): Made {
  const executable = textAt(process, 'executable');
  const commandLine = textAt(process, 'command_line');
  const pid = textAt(process, 'pid');
  const entity = textAt(process, 'entity_id');
  // Without an identity of the sensor's, what it ran tells one process from another.
  const id =
    entity ?? `${pid ?? ''} ${executable ?? ''} ${pid === undefined ? (commandLine ?? '') : ''}`;
  let known = made.get(id);
  if (known === undefined) {
    known = {
      id,
      name: textAt(process, 'name') ?? nameOf(executable) ?? 'unknown process',
      pid,
      executable,
      commandLine,
      parent: undefined,
      first: time,
      events: 0,
      lanes: { read: 0, run: 0, send: 0 },
    };
    made.set(id, known);
  }
  known.pid ??= pid;
  known.commandLine ??= commandLine;
  if (time !== undefined) known.first = Math.min(time, known.first ?? time);
  return known;
}

function nameOf(path: string | undefined): string | undefined {
  return path?.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

function isRoot({ executable }: Made, rootPath: string | undefined): boolean {
  return executable !== undefined && executable === rootPath;
}

function nodeOf(
  top: Made,
  made: ReadonlyMap<string, Made>,
  isAgentRoot: boolean,
  above: ReadonlySet<string>,
): ProcessNode {
  const path = new Set(above).add(top.id);
  const children = [...made.values()]
    .filter(({ id, parent }) => parent === top.id && !path.has(id))
    .map((child) => nodeOf(child, made, false, path));
  const { id, name, pid, executable, commandLine, events, first, lanes } = top;
  return {
    id,
    name,
    pid,
    executable,
    commandLine,
    isAgentRoot,
    isGap: false,
    events,
    first,
    lanes,
    children,
  };
}

const NO_LANES = { read: 0, run: 0, send: 0 };

function rootNode(
  executable: string,
  id: string | undefined,
  depth: number | undefined,
  children: readonly ProcessNode[],
): ProcessNode {
  const base = { pid: undefined, commandLine: undefined, events: 0, first: undefined };
  const gap: ProcessNode = {
    ...base,
    id: 'gap',
    name: 'processes between, which no event of this alert names',
    executable: undefined,
    isAgentRoot: false,
    isGap: true,
    lanes: NO_LANES,
    children,
  };
  const isDirect = depth !== undefined && depth <= 1;
  return {
    ...base,
    id: id ?? 'root',
    name: nameOf(executable) ?? executable,
    executable,
    isAgentRoot: true,
    isGap: false,
    lanes: NO_LANES,
    children: isDirect ? children : [gap],
  };
}

function depthOf({ document }: AlertInFull): number | undefined {
  const depth = valueAt(document, 'tidegate.lineage.depth');
  return typeof depth === 'number' ? depth : undefined;
}
