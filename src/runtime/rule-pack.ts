import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { Failure } from '../base/failure.ts';
import { witnessesOf } from '../engine/matching/hints.ts';
import { createEnrichments } from '../enrichment/index.ts';
import { finite, flag, listOf, parsed, shape, text } from '../language/pack/codec.ts';
import type { Codec } from '../language/pack/codec.ts';
import { unpackRules } from '../language/pack/read.ts';
import type { UnpackedRules } from '../language/pack/read.ts';
import { packRules } from '../language/pack/write.ts';
import type { RuleProblem } from '../language/problem.ts';
import type { RuleSet } from '../language/ruleset.ts';
import type { Policy } from '../policy/policy.ts';
import { openPackBytes, packBytes } from './pack-file.ts';
import { productVersion } from './product.ts';

/** How the name of every pack ends. */
export const PACK_EXTENSION = '.tidegate-pack';

/** True of a path that names a pack. */
export function isPack(path: string): boolean {
  return path.endsWith(PACK_EXTENSION);
}

// What fields are computed does not depend on the policy; what they hold does.
const noPolicy: Policy = { agent: () => undefined, list: () => undefined };

/** How rules were read, or are to be read. Paths are absolute: a pack is opened anywhere. */
export interface PackRecipe {
  /** Rule files and folders. */
  readonly rules: readonly string[];
  readonly pipelines: readonly string[];
  readonly portable: boolean;
  readonly schema: boolean;
}

/** What a pack says of the rules that it was made from. */
interface PackHead extends PackRecipe {
  readonly version: string;
  /** How many rule files were read. */
  readonly files: number;
  /** Of the names and bytes of rule files and pipelines. */
  readonly contents: string;
  /** Of their names, sizes and times: while it is the same, no file needs to be read. */
  readonly stamp: string;
}

const packHead: Codec<PackHead> = shape<PackHead>({
  version: text,
  rules: listOf(text),
  pipelines: listOf(text),
  portable: flag,
  schema: flag,
  files: finite,
  contents: text,
  stamp: text,
});

/** A pack that was opened and passed its checksum. */
export interface RulePack {
  readonly recipe: PackRecipe;
  readonly files: number;
  /** True if all that it was made from is on this machine. */
  readonly hasSources: boolean;
  /** Why it must not be used for what is asked, given its rule files as they are now. */
  fault(asked: Omit<PackRecipe, 'rules'>, ruleFiles: readonly string[]): string | undefined;
  read(): UnpackedRules;
}

/** Writes a pack of rules that were read in this way from these files; returns its size in bytes. */
export function writePack(
  path: string,
  loaded: { readonly ruleSet: RuleSet; readonly problems: readonly RuleProblem[] },
  recipe: PackRecipe,
  ruleFiles: readonly string[],
): number {
  const files = [...ruleFiles, ...recipe.pipelines];
  const head: PackHead = {
    ...recipe,
    version: productVersion(),
    files: ruleFiles.length,
    contents: contentsOf(files),
    stamp: stampOf(files),
  };
  const packed = packRules(loaded.ruleSet, {
    problems: loaded.problems,
    witnesses: witnessesOf(loaded.ruleSet, createEnrichments(noPolicy)),
  });
  const bytes = packBytes(JSON.stringify(packHead.pack(head)), packed);
  // Under another name first, so that nobody ever opens half a pack.
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, bytes);
    renameSync(draft, path);
  } catch (error) {
    throw failure('store_unwritable', `${path}: the pack can not be written`, error);
  }
  return bytes.length;
}

/** Opens a pack; nothing of its rules is read before `read`. */
export function openPack(path: string): RulePack {
  const file = openPackBytes(packFile(path), path);
  const head = packHead.unpack(parsed(file.head, 'its head'));
  const hasSources = [...head.rules, ...head.pipelines].every((each) => existsSync(each));
  return {
    recipe: head,
    files: head.files,
    hasSources,
    fault: (asked, ruleFiles) =>
      faultOf(head, asked) ?? (hasSources ? change(head, ruleFiles) : undefined),
    read: () => unpackRules(file),
  };
}

function faultOf(head: PackHead, asked: Omit<PackRecipe, 'rules'>): string | undefined {
  const version = productVersion();
  if (head.version !== version) return `it was written by ${head.version}, and this is ${version}`;
  if (asked.portable && !head.portable) return 'it was made without --portable';
  if (asked.schema && !head.schema) return 'it was made without --strict';
  const pipelines = asked.pipelines.map((each) => resolve(each));
  const isOther = pipelines.length > 0 && pipelines.join('\n') !== head.pipelines.join('\n');
  return isOther ? 'it was made with other pipelines' : undefined;
}

function change(head: PackHead, ruleFiles: readonly string[]): string | undefined {
  const files = [...ruleFiles, ...head.pipelines];
  if (stampOf(files) === head.stamp || contentsOf(files) === head.contents) return undefined;
  return 'its rules have changed since it was made';
}

function contentsOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    const bytes = readFileSync(file);
    hash.update(`${JSON.stringify(file)} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

// The time of the last change of any kind (ctime) can not be set back, that of the bytes can.
function stampOf(files: readonly string[]): string {
  const lines = files.map((file) => {
    const { size, mtimeMs, ctimeMs } = statSync(file);
    return `${JSON.stringify(file)} ${size} ${mtimeMs} ${ctimeMs}`;
  });
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

function packFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw failure('source_unreadable', `${path}: the pack can not be read`, error);
  }
}

function failure(
  code: 'source_unreadable' | 'store_unwritable',
  what: string,
  cause: unknown,
): Failure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Failure(code, { message: `${what}: ${reason}`, retryable: false, cause });
}
