import type { TelemetryEvent } from '../event/event.ts';
import { measureBase64 } from './base64-runs.ts';
import type { Derivation } from './enrichment.ts';
import { visibleText } from './visible-text.ts';
import { unwrapLines } from './wrapped-lines.ts';

/**
 * How much base64 the text of an event carries, wrapped or not, in both alphabets. It does not see other encodings (see
 * decoded-payload.ts) and no data that a program reads from a file or from its input.
 */
export const payloadMeasures: Derivation = {
  fields: [
    'tidegate.payload.base64_bytes',
    'tidegate.payload.base64_characters',
    'tidegate.payload.base64_longest',
    'tidegate.payload.base64_runs',
    'tidegate.payload.entropy',
  ],
  needs: [],
  derive(event: TelemetryEvent): void {
    const text = visibleText(event);
    if (text === undefined) return;
    const measures = measureBase64(unwrapLines(text));
    if (measures === undefined) return;
    event.derived.set('tidegate.payload.base64_bytes', measures.bytes);
    event.derived.set('tidegate.payload.base64_characters', measures.characters);
    event.derived.set('tidegate.payload.base64_longest', measures.longest);
    event.derived.set('tidegate.payload.base64_runs', measures.runs);
    event.derived.set('tidegate.payload.entropy', measures.entropy);
  },
};
