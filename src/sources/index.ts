import { directory } from './directory.ts';
import { file, stdin } from './file-inputs.ts';
import { kafka } from './kafka/kind.ts';
import type { SourceKind } from './source.ts';

/** Every place that records can come from. */
export const sourceKinds: readonly SourceKind[] = [kafka, file, directory, stdin];
