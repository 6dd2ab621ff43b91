import type { ProcessTraits } from './policy.ts';
import { compileWildcard } from './wildcard.ts';
import type { Wildcard } from './wildcard.ts';

/** One way to recognise an agent: image path, and where that alone is weak, signer or command line. */
export interface AgentIdentity {
  readonly images: readonly string[];
  /** Empty: the signer does not matter. Otherwise the sensor must name one of these. */
  readonly signers: readonly string[];
  /** Empty: the command line does not matter. Otherwise one of these must fit it. */
  readonly commandLines: readonly string[];
}

/**
 * How an agent works: an application, a guest of a virtual machine, a program of the terminal, an editor. The last
 * three act for the agent that started them.
 */
export const agentKinds = [
  'desktop',
  'vm',
  'terminal',
  'editor',
  'framework',
  'tool_server',
  'model_runtime',
] as const;

/** See `agentKinds`. */
export type AgentKind = (typeof agentKinds)[number];

/** Operating systems by which an inventory gives paths. */
export const osNames: readonly string[] = ['any', 'windows', 'macos', 'linux'];

/** A watched agent, named as in ECS `process.ai_agent.name`. */
export interface WatchedAgent {
  readonly id: string;
  readonly title: string;
  readonly kind: AgentKind;
  /** What a reader must know of it, such as what no sensor sees. */
  readonly note: string | undefined;
  readonly identities: readonly AgentIdentity[];
  /** What it keeps: conversations, caches. Wildcards in Sigma's notation, of all systems. */
  readonly statePaths: readonly string[];
  /** What decides what it may do: settings, tool servers, skills, hooks. */
  readonly configPaths: readonly string[];
}

interface Candidate {
  readonly id: string;
  readonly image: Wildcard;
  readonly signers: ReadonlySet<string>;
  readonly commandLines: readonly Wildcard[];
}

// Distinct images of a fleet are few; losing an entry costs a look-up and changes no verdict.
const IMAGES_REMEMBERED_MAX = 4096;
// A path longer than Windows' own maximum is no agent's.
const IMAGE_LENGTH_MAX = 32_767;
// What names the program stands at the head of a command line; Windows allows 32,767 characters, Linux 2 MiB.
const COMMAND_LINE_READ_MAX = 32_767;

/** Recognises agents: called for every process start, so images are looked up by file name and remembered. */
export class AgentInventory {
  readonly #byFileName: Map<string, Candidate[]> = new Map();
  readonly #anyFileName: Candidate[] = [];
  readonly #remembered: Map<string, readonly Candidate[]> = new Map();
  readonly #order: Map<Candidate, number> = new Map();

  constructor(agents: readonly Pick<WatchedAgent, 'id' | 'identities'>[]) {
    for (const agent of agents) {
      for (const identity of agent.identities) this.#add(agent.id, identity);
    }
  }

  /** The id of the agent that this process is. With several, the one that stands first in the inventory. */
  agent(process: ProcessTraits): string | undefined {
    const image = process.executable;
    if (image === undefined || image.length > IMAGE_LENGTH_MAX) return undefined;
    const candidates = this.#candidates(image);
    if (candidates.length === 0) return undefined;
    const signer = process.signer?.toLowerCase();
    let commandLine: string | undefined;
    for (const candidate of candidates) {
      if (candidate.signers.size > 0) {
        if (signer === undefined || !candidate.signers.has(signer)) continue;
      }
      if (candidate.commandLines.length > 0) {
        commandLine ??= (process.commandLine ?? '').slice(0, COMMAND_LINE_READ_MAX).toLowerCase();
        if (!someFits(candidate.commandLines, commandLine)) continue;
      }
      return candidate.id;
    }
    return undefined;
  }

  #add(id: string, identity: AgentIdentity): void {
    for (const text of identity.images) {
      const candidate: Candidate = {
        id,
        image: compileWildcard(text),
        signers: new Set(identity.signers.map((signer) => signer.toLowerCase())),
        commandLines: identity.commandLines.map((line) => compileWildcard(line)),
      };
      this.#order.set(candidate, this.#order.size);
      const name = literalFileName(candidate.image);
      if (name === undefined) this.#anyFileName.push(candidate);
      else this.#byFileName.set(name, [...(this.#byFileName.get(name) ?? []), candidate]);
    }
  }

  #candidates(image: string): readonly Candidate[] {
    const remembered = this.#remembered.get(image);
    if (remembered !== undefined) return remembered;
    const folded = image.toLowerCase();
    const named = this.#byFileName.get(fileName(folded)) ?? [];
    const found = [...named, ...this.#anyFileName]
      .filter((candidate) => candidate.image.fits(folded))
      .sort((a, b) => (this.#order.get(a) ?? 0) - (this.#order.get(b) ?? 0));
    if (this.#remembered.size >= IMAGES_REMEMBERED_MAX) {
      for (const oldest of this.#remembered.keys()) {
        this.#remembered.delete(oldest);
        break;
      }
    }
    this.#remembered.set(image, found);
    return found;
  }
}

function someFits(patterns: readonly Wildcard[], folded: string): boolean {
  for (const pattern of patterns) if (pattern.fits(folded)) return true;
  return false;
}

/** What follows the last separator of either kind. */
export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** The file name that every fitting path has, or undefined when the pattern leaves it open. */
export function literalFileName(image: Wildcard): string | undefined {
  const last = image.pieces[image.pieces.length - 1];
  if (last === undefined) return undefined;
  const cut = Math.max(last.characters.lastIndexOf('/'), last.characters.lastIndexOf('\\'));
  if (cut < 0 && image.pieces.length > 1) return undefined;
  const name = last.characters.slice(cut + 1);
  return name.includes(undefined) ? undefined : name.join('');
}

/** True if the pattern names at least one folder, so that a renamed copy elsewhere does not fit. */
export function namesFolder(image: Wildcard): boolean {
  const all = image.pieces.flatMap((piece) => [...piece.characters, undefined]);
  const cut = Math.max(all.lastIndexOf('/'), all.lastIndexOf('\\'));
  return all
    .slice(0, Math.max(cut, 0))
    .some((character) => character !== undefined && character !== '/' && character !== '\\');
}
