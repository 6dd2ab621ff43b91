import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';

import { Failure } from '../base/failure.ts';
import { shareFiles } from './file-inputs.ts';
import type { SourceKind } from './source.ts';

/** Files of a folder that are read together; each is kept open while its records wait. */
const FILES_MAX = 512;

interface DirectorySettings {
  readonly path: string;
  readonly suffix?: string;
}

/** The files of a folder, read as one log. */
export const directory: SourceKind = {
  name: 'directory',
  description: 'every file of a folder, as `file`; those that are there when it starts',
  settings: {
    type: 'object',
    properties: {
      path: { type: 'string', minLength: 1, description: 'the folder' },
      suffix: { type: 'string', description: 'only files whose names end so' },
    },
    required: ['path'],
    additionalProperties: false,
  },
  open: async (settings) => shareFiles(filesOf(settings as unknown as DirectorySettings)),
};

function filesOf({ path, suffix = '' }: DirectorySettings): readonly string[] {
  const names = entriesOf(path)
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map(({ name }) => name)
    .toSorted();
  if (names.length > FILES_MAX) {
    throw new Failure('source_misconfigured', {
      message: `${path}: holds ${names.length} files, at most ${FILES_MAX} can be read together`,
      retryable: false,
    });
  }
  return names.map((name) => join(path, name));
}

function entriesOf(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (cause) {
    throw new Failure('source_unreadable', {
      message: `${path}: no such folder, or it can not be read`,
      retryable: false,
      cause,
    });
  }
}
