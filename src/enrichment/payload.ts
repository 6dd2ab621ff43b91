import type { TelemetryEvent } from '../event/event.ts';
import { measureBase64 } from './base64-runs.ts';
import type { Derivation } from './enrichment.ts';

// A command line is at most 2 MiB on Linux; what is longer is cut, and its head still tells of a payload.
const TEXT_LENGTH_MAX = 1_048_576;

/**
 * How much base64 the command line of a launch, or a script block, carries. It does not see hexadecimal, base32 or
 * encrypted text, and no data that a program reads from a file or from its input.
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
    const text = carrier(event);
    if (text === undefined) return;
    const measures = measureBase64(text.slice(0, TEXT_LENGTH_MAX));
    if (measures === undefined) return;
    event.derived.set('tidegate.payload.base64_bytes', measures.bytes);
    event.derived.set('tidegate.payload.base64_characters', measures.characters);
    event.derived.set('tidegate.payload.base64_longest', measures.longest);
    event.derived.set('tidegate.payload.base64_runs', measures.runs);
    event.derived.set('tidegate.payload.entropy', measures.entropy);
  },
};

// Only what the event is about: the command line that other events repeat would be counted with each of them.
function carrier(event: TelemetryEvent): string | undefined {
  if (event.activity === 'process_start') {
    const commandLine = event.get('CommandLine');
    return typeof commandLine === 'string' ? commandLine : event.process()?.commandLine;
  }
  const script = event.get('ScriptBlockText');
  return typeof script === 'string' ? script : undefined;
}
