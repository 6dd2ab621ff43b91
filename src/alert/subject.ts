import type { EcsDocument } from '../event/event.ts';
import type { Detection, Evidence } from '../engine/engine.ts';
import { textAt } from './ecs-path.ts';
import { fileName } from './words.ts';

/**
 * Who did it, as far as all the evidence agrees. Names only; undefined where nothing or several are
 * known.
 */
export interface Subject {
  readonly agent: string | undefined;
  readonly host: string;
  readonly user: string | undefined;
  readonly process: string | undefined;
}

/**
 * The event that stands for the alert: the latest that names a process, which made the condition
 * true.
 */
export function mainEvidence(evidence: readonly Evidence[]): Evidence | undefined {
  const withProcess = evidence.filter(({ document }) => Object.hasOwn(document, 'process'));
  return (withProcess.length > 0 ? withProcess : evidence).reduce<Evidence | undefined>(
    (latest, candidate) =>
      latest === undefined || candidate.time >= latest.time ? candidate : latest,
    undefined,
  );
}

/** Reads the subject from the evidence, and where that is silent from the group key. */
export function subjectOf(detection: Detection): Subject {
  const documents = detection.evidence.map(({ document }) => document);
  const named = (role: Role): string | undefined =>
    agreed(documents, PATHS[role]) ?? keyValue(detection, KEY_FIELDS[role]);
  const executable = agreed(documents, ['process.executable']);
  return {
    agent: named('agent'),
    host: named('host') ?? detection.host,
    user: named('user'),
    process: named('process') ?? (executable === undefined ? undefined : fileName(executable)),
  };
}

/** The agent that a document names. */
export function agentOf(document: EcsDocument): string | undefined {
  return firstText(document, PATHS.agent);
}

type Role = 'agent' | 'host' | 'user' | 'process';

const PATHS: Readonly<Record<Role, readonly string[]>> = {
  agent: ['process.ai_agent.name', 'gen_ai.agent.name'],
  host: ['host.name', 'host.hostname'],
  user: ['user.name'],
  process: ['process.name'],
};

// Group fields under the names of the Sigma taxonomy and of ECS.
const KEY_FIELDS: Readonly<Record<Role, ReadonlySet<string>>> = {
  agent: new Set(['process.ai_agent.name', 'gen_ai.agent.name']),
  host: new Set([
    'host.name',
    'host.hostname',
    'Computer',
    'ComputerName',
    'DeviceName',
    'hostname',
  ]),
  user: new Set(['user.name', 'User', 'SubjectUserName', 'AccountName', 'user']),
  process: new Set(['process.name']),
};

function firstText(document: EcsDocument, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const text = textAt(document, path);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The one value that every document which has any gives. */
function agreed(documents: readonly EcsDocument[], paths: readonly string[]): string | undefined {
  let value: string | undefined;
  for (const document of documents) {
    const next = firstText(document, paths);
    if (next === undefined) continue;
    if (value !== undefined && value !== next) return undefined;
    value = next;
  }
  return value;
}

function keyValue(detection: Detection, fields: ReadonlySet<string>): string | undefined {
  return detection.key.find(({ field }) => fields.has(field))?.value ?? undefined;
}
