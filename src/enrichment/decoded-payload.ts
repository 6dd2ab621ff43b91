import type { TelemetryEvent } from '../event/event.ts';
import type { Policy } from '../policy/policy.ts';
import { contentLabelsOf } from './content-labels.ts';
import { decodeRun } from './decoded-content.ts';
import { encodedRuns } from './encoded-runs.ts';
import type { Derivation } from './enrichment.ts';
import { visibleText } from './visible-text.ts';
import { unwrapLines } from './wrapped-lines.ts';

/**
 * What the encoded parts of an event's text are: how many bytes in all, in which encodings, what they decode to, and
 * which sensitive content the decoded text holds. One level deep: what is encoded twice is `text` that holds no label,
 * and what is packed or encrypted is told by its first bytes or not at all.
 */
export class DecodedPayload implements Derivation {
  readonly fields: readonly string[] = [
    'tidegate.payload.content',
    'tidegate.payload.encoded_bytes',
    'tidegate.payload.encoding',
    'tidegate.payload.labels',
  ];
  readonly needs: readonly string[] = [];

  derive(event: TelemetryEvent, policy: Policy): void {
    const finder = contentLabelsOf(policy);
    const text = visibleText(event);
    if (text === undefined) return;
    const runs = encodedRuns(unwrapLines(text));
    if (runs.length === 0) return;
    const kinds = new Set<string>();
    const labels = new Set<string>();
    let bytes = 0;
    for (const run of runs) {
      bytes += run.bytes;
      const content = decodeRun(run);
      kinds.add(content.kind);
      if (content.text === undefined) continue;
      for (const label of finder.find(content.text).labels) labels.add(label);
    }
    event.derived.set('tidegate.payload.encoded_bytes', bytes);
    event.derived.set('tidegate.payload.encoding', [...new Set(runs.map((run) => run.encoding))]);
    event.derived.set('tidegate.payload.content', [...kinds]);
    if (labels.size > 0) event.derived.set('tidegate.payload.labels', [...labels]);
  }
}
