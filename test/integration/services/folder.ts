import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for a server's data and logs. */
export function dataFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `tidegate-${name}-`));
}

/** Removes it, unless TIDEGATE_SERVICES_KEEP asks to look at it afterwards. */
export async function removeFolder(folder: string): Promise<void> {
  if (process.env['TIDEGATE_SERVICES_KEEP'] === undefined) {
    await rm(folder, { recursive: true, force: true });
  }
}
