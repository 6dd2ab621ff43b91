import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Techniques of ATT&CK and ATLAS, as schemas/threats.json has them. */
export interface Threats {
  readonly attack: {
    /** Id, then name. */
    readonly techniques: Readonly<Record<string, string>>;
    /** The old id, then the one that took its place. */
    readonly moved: Readonly<Record<string, string>>;
    readonly retired: readonly string[];
  };
  readonly atlas: { readonly techniques: readonly string[] };
}

let threats: Threats | undefined;

/** The table that comes with the product; read when it is first asked for. */
export function knownThreats(): Threats {
  const path = join(import.meta.dirname, '../../../schemas/threats.json');
  return (threats ??= JSON.parse(readFileSync(path, 'utf8')) as Threats);
}
