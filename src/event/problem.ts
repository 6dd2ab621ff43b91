/** Why a record could not be understood. A closed list, so that counts by reason stay bounded. */
export type DecodeReason =
  | 'empty'
  | 'too_large'
  | 'invalid_utf8'
  | 'invalid_json'
  | 'not_an_object'
  | 'too_deep'
  | 'unknown_format'
  | 'missing_field'
  | 'wrong_type'
  | 'invalid_time';

/** A record that was refused. `detail` is for people; it may quote the input and must be escaped when shown. */
export interface DecodeProblem {
  readonly reason: DecodeReason;
  readonly detail: string;
}
