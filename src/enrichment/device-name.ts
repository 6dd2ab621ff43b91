import { addressKind } from './ip-address.ts';

const NAME_LENGTH_MAX = 255;

/** A machine's name as brokers, agents and sensors agree on it: in lower case, without its domain. */
export function deviceName(host: string): string {
  const folded = host.slice(0, NAME_LENGTH_MAX).toLowerCase();
  if (addressKind(folded) !== undefined) return folded;
  const dot = folded.indexOf('.');
  return dot > 0 ? folded.slice(0, dot) : folded;
}

/** An account's name as directories and sensors agree on it: `CORP\Ana` and `ana@corp.example` are `ana`. */
export function accountName(user: string): string {
  const folded = user.slice(0, NAME_LENGTH_MAX).toLowerCase();
  const bare = folded.slice(folded.lastIndexOf('\\') + 1);
  const sign = bare.indexOf('@');
  return sign > 0 ? bare.slice(0, sign) : bare;
}
