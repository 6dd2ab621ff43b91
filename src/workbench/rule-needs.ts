import type { Ability } from '../decoders/senses.ts';

// What a category of events is, as an ability of a sensor. Categories that are not here are no ability of their
// own: a sensor that serves them sees them.
const byCategory: ReadonlyMap<string, Ability> = new Map([
  ['process_creation', 'process_start'],
  ['file_access', 'file_read'],
  ['file_event', 'file_write'],
  ['file_rename', 'file_write'],
  ['file_delete', 'file_write'],
  ['file_change', 'file_write'],
  ['create_stream_hash', 'file_write'],
  ['dns_query', 'dns'],
  ['dns', 'dns'],
  ['clipboard_capture', 'clipboard'],
  ['clipboard_change', 'clipboard'],
]);

// Fields that only some sensors fill, in lower case. A name that ends in a dot stands for all that begin so.
const byField: readonly (readonly [Ability, readonly string[]])[] = [
  [
    'parent',
    [
      'parentimage',
      'parentcommandline',
      'parentprocessid',
      'parentprocessguid',
      'parentuser',
      'process.parent.',
    ],
  ],
  ['hash', ['hashes', 'md5', 'sha1', 'sha256', 'imphash', 'process.hash.', 'file.hash.']],
  ['fqdn', ['destinationhostname', 'destination.domain']],
  ['bytes_out', ['source.bytes', 'cs-bytes', 'http.request.bytes', 'http.request.body.bytes']],
  ['payload', ['scriptblocktext', 'http.request.body.content']],
  ['signer', ['signed', 'signature', 'signaturestatus', 'process.code_signature.']],
];

/** The ability behind a category, if it is one of its own. */
export function abilityOfCategory(category: string | undefined): Ability | undefined {
  return category === undefined ? undefined : byCategory.get(category);
}

/** The ability that a sensor needs to fill a field, or undefined where every sensor of the log source does. */
export function abilityOfField(field: string): Ability | undefined {
  const folded = field.toLowerCase();
  for (const [ability, names] of byField) {
    const isOne = names.some((name) =>
      name.endsWith('.') ? folded.startsWith(name) : folded === name,
    );
    if (isOne) return ability;
  }
  return undefined;
}

/** True for fields that are known of a process through the launches of its ancestors. */
export function isOfLineage(field: string): boolean {
  return field.startsWith('process.ai_agent.') || field.startsWith('tidegate.lineage.');
}

/** True for fields about where a connection or a command leads. */
export function isOfDestination(field: string): boolean {
  return field.startsWith('tidegate.destination.');
}
