import { directory } from './directory.ts';
import { file, stdin } from './file-inputs.ts';
import { kafka } from './kafka/kind.ts';
import { osqueryTls, otlp } from './receivers.ts';
import type { SourceKind } from './source.ts';
import { watchedDirectory } from './watched-directory.ts';

/** Every place that records can come from. */
export const sourceKinds: readonly SourceKind[] = [
  kafka,
  file,
  directory,
  watchedDirectory,
  stdin,
  otlp,
  osqueryTls,
];
