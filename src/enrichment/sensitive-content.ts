import type { TelemetryEvent } from '../event/event.ts';
import type { Policy } from '../policy/policy.ts';
import { contentLabelsOf } from './content-labels.ts';
import type { Derivation } from './enrichment.ts';
import { visibleText } from './visible-text.ts';

/**
 * What is sensitive in the text that an event shows, and in the names of what it touches. What is encoded is looked
 * into by decoded-payload.ts. Content that no sensor shows, such as that of files, has no labels but those of its name.
 */
export class SensitiveContent implements Derivation {
  readonly fields: readonly string[] = [
    'tidegate.dlp.count',
    'tidegate.dlp.kinds',
    'tidegate.dlp.labels',
    'tidegate.dlp.name_labels',
  ];
  readonly needs: readonly string[] = [];

  derive(event: TelemetryEvent, policy: Policy): void {
    const finder = contentLabelsOf(policy);
    const text = visibleText(event);
    const found = text === undefined ? undefined : finder.find(text);
    if (found !== undefined && found.count > 0) {
      event.derived.set('tidegate.dlp.labels', found.labels);
      event.derived.set('tidegate.dlp.kinds', found.kinds);
      event.derived.set('tidegate.dlp.count', found.count);
    }
    const marks = new Set<string>();
    for (const field of NAMES) {
      const name = event.get(field);
      if (typeof name !== 'string') continue;
      for (const label of finder.marksOf(name)) marks.add(label);
    }
    if (marks.size > 0) event.derived.set('tidegate.dlp.name_labels', [...marks]);
  }
}

// A file, a printed document, what a proxy saw uploaded, and the label that a document service gave.
const NAMES: readonly string[] = [
  'TargetFilename',
  'Param2',
  'upload_filename',
  'file.name',
  'SensitivityLabel',
];
