/** Every reason for which a record may be refused; counts by reason stay bounded. */
export const REASONS: ReadonlySet<string> = new Set([
  'empty',
  'too_large',
  'invalid_utf8',
  'invalid_json',
  'not_an_object',
  'too_deep',
  'unknown_format',
  'missing_field',
  'wrong_type',
  'invalid_time',
]);
