import { put } from '../event/ecs-document.ts';
import type { EcsDocument, EcsValue, Scalar } from '../event/event.ts';

/** A dotted path, cut at each of its dots once and for all. */
interface Path {
  readonly whole: string;
  readonly splits: readonly { readonly head: string; readonly rest: string }[];
}

/**
 * The value at a dotted path. Documents nest, but computed fields may stand under their whole name
 * (`process.ai_agent.name` as one key), so every split between the two is tried, outermost name
 * first.
 */
export function valueAt(document: EcsDocument, path: string): EcsValue | undefined {
  return walk(document, pathOf(path));
}

function walk(document: EcsDocument, { whole, splits }: Path): EcsValue | undefined {
  if (Object.hasOwn(document, whole)) return document[whole];
  for (const { head, rest } of splits) {
    if (!Object.hasOwn(document, head)) continue;
    const inner = document[head];
    const found = isDocument(inner) ? walk(inner, pathOf(rest)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

// Paths are constants of ours and fields that rules name; the limit guards against a caller that
// invents them.
const PATHS_MAX = 4096;
const paths = new Map<string, Path>();

function pathOf(text: string): Path {
  let path = paths.get(text);
  if (path === undefined) {
    path = cut(text);
    if (paths.size >= PATHS_MAX) paths.clear();
    paths.set(text, path);
  }
  return path;
}

function cut(whole: string): Path {
  const splits: { head: string; rest: string }[] = [];
  for (let dot = whole.indexOf('.'); dot >= 0; dot = whole.indexOf('.', dot + 1)) {
    splits.push({ head: whole.slice(0, dot), rest: whole.slice(dot + 1) });
  }
  return { whole, splits };
}

/** The first scalar at a path as text; undefined when there is none or it is empty or null. */
export function textAt(document: EcsDocument, path: string): string | undefined {
  const value = valueAt(document, path);
  if (value === undefined) return undefined;
  if (!isList(value)) return textOf(value);
  for (const element of value) {
    const text = textOf(element);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Every scalar at a path as text, array elements one by one. */
export function textsAt(document: EcsDocument, path: string): readonly string[] {
  const value = valueAt(document, path);
  if (value === undefined) return [];
  const texts: string[] = [];
  for (const element of isList(value) ? value : [value]) {
    const text = textOf(element);
    if (text !== undefined) texts.push(text);
  }
  return texts;
}

function textOf(value: EcsValue): string | undefined {
  return typeof value === 'object' || value === '' ? undefined : String(value);
}

/** True for a nested document, false for lists and scalars. */
export function isDocument(value: EcsValue | undefined): value is EcsDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a list of values. */
export function isList(value: EcsValue): value is Exclude<EcsValue, Scalar | EcsDocument> {
  return Array.isArray(value);
}

/**
 * The fields that enrichments computed, nested without their `tidegate`; undefined when there are
 * none.
 */
export function computedFields(document: EcsDocument): EcsDocument | undefined {
  const nested = Object.hasOwn(document, 'tidegate') ? document['tidegate'] : undefined;
  const computed: EcsDocument = isDocument(nested) ? { ...nested } : {};
  let isEmpty = Object.keys(computed).length === 0;
  for (const name of Object.keys(document)) {
    // Names of enrichments are constants of ours; whatever else a document brings is not put into
    // place.
    if (!COMPUTED.test(name)) continue;
    const value = document[name];
    if (value === undefined || value === null || isDocument(value)) continue;
    put(computed, name.split('.').slice(1), isList(value) ? value.filter(isScalar) : value);
    isEmpty = false;
  }
  return isEmpty ? undefined : computed;
}

const COMPUTED = /^tidegate(?:\.[a-z][a-z0-9_]{0,40}){1,5}$/;

function isScalar(value: EcsValue): value is Scalar {
  return value === null || typeof value !== 'object';
}
