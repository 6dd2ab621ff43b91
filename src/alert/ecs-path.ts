import { put } from '../event/ecs-document.ts';
import type { EcsDocument, EcsValue, Scalar } from '../event/event.ts';

/**
 * The value at a dotted path. Documents nest, but computed fields may stand under their whole name
 * (`process.ai_agent.name` as one key), so every split between the two is tried, outermost name
 * first.
 */
export function valueAt(document: EcsDocument, path: string): EcsValue | undefined {
  if (Object.hasOwn(document, path)) return document[path];
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot);
    if (!Object.hasOwn(document, head)) continue;
    const inner = document[head];
    const found = isDocument(inner) ? valueAt(inner, path.slice(dot + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first scalar at a path as text; undefined when there is none or it is empty or null. */
export function textAt(document: EcsDocument, path: string): string | undefined {
  return textsAt(document, path)[0];
}

/** Every scalar at a path as text, array elements one by one. */
export function textsAt(document: EcsDocument, path: string): readonly string[] {
  const value = valueAt(document, path);
  if (value === undefined || isDocument(value)) return [];
  const texts: string[] = [];
  for (const element of isList(value) ? value : [value]) {
    if (isList(element) || isDocument(element) || element === null || element === '') continue;
    texts.push(String(element));
  }
  return texts;
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
