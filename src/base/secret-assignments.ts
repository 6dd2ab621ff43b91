import type { Secret } from './secrets.ts';

/**
 * The secret that is assigned at this `:`, `=` or blank: `password=x`, `"token": "x"`, `--password
 * x`, `Authorization: Basic x`, `https://user:x@host`, `curl -u user:x`. Looks back at most
 * `NAME_LENGTH_MAX`.
 */
export function assignedSecret(text: string, at: number): Secret | undefined {
  const character = text.charAt(at);
  if (character === ':' && text.startsWith('//', at + 1)) return userInfoSecret(text, at + 3);
  const name = nameBefore(text, at);
  if (name === undefined) return undefined;
  if (character === ' ') return argumentSecret(text, at, name);
  const next = text.charAt(at + 1);
  // `::` names a member, `==` compares, `:=` is handled at its last character.
  if (next === ':' || next === '=') return undefined;
  const kind = kindOf(name.text) ?? optionKind(text, name);
  if (kind === undefined || name.isPath) return undefined;
  const from = next === '>' ? at + 2 : at + 1;
  // The shell's working directory is called PWD, and so is a password in connection strings. Asked
  // before the value is read: what is passed over here is read again.
  const isFolder =
    name.text.toLowerCase().endsWith('pwd') && /^["']?[/~]/.test(text.slice(from, from + 2));
  if (isFolder) return undefined;
  const value = valueAfter(text, from, kind === 'authorization');
  if (value === undefined || isPlain(text, value)) return undefined;
  const isShort = value.to - value.from < SIGNATURE_LENGTH_MIN;
  return kind === 'signature' && isShort ? undefined : { kind, ...value };
}

/** Answers, not secrets: Windows' own events say `Elevated Token: Yes`. */
function isPlain(text: string, { from, to }: Span): boolean {
  return to - from <= 5 && /^(?:yes|no|true|false|null|none)$/i.test(text.slice(from, to));
}

/** True if a field of this name holds a secret, however its words are joined. */
export function isSecretName(name: string): boolean {
  let isSecret = secretNames.get(name);
  if (isSecret === undefined) {
    isSecret = kindOf(name.slice(-NAME_LENGTH_MAX)) !== undefined;
    if (secretNames.size >= NAMES_MAX) secretNames.clear();
    if (name.length <= NAME_LENGTH_MAX) secretNames.set(name, isSecret);
  }
  return isSecret;
}

// Documents have few names of fields; an attacker may write ever new ones.
const NAMES_MAX = 4096;
const secretNames = new Map<string, boolean>();

const NAME_LENGTH_MAX = 64;
const BLANKS_MAX = 4;
// An Azure signature is 32 bytes in base64; `sig=9` is a signal.
const SIGNATURE_LENGTH_MIN = 16;
const USER_INFO_MAX = 256;

// What ends a name, after joining its words: `AWS_SECRET_ACCESS_KEY`, `client-secret`, `apiKey`.
const KINDS: readonly (readonly [string, string])[] = [
  ['password', 'password'],
  ['passwd', 'password'],
  ['passphrase', 'password'],
  ['pwd', 'password'],
  ['secret', 'secret'],
  ['token', 'token'],
  ['apikey', 'api_key'],
  ['accesskey', 'secret'],
  ['secretkey', 'secret'],
  ['accountkey', 'secret'],
  ['privatekey', 'secret'],
  ['authorization', 'authorization'],
];

// The token of a .NET assembly's public key stands in millions of command lines and events.
const NOT_SECRET: ReadonlySet<string> = new Set(['publickeytoken', 'oldpwd']);

function kindOf(name: string): string | undefined {
  const joined = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  // `sig` is the signature of an Azure access URL, and too short to be looked for as an ending.
  if (joined === 'sig') return 'signature';
  if (NOT_SECRET.has(joined)) return undefined;
  for (const [ending, kind] of KINDS) {
    if (joined.endsWith(ending)) return kind;
  }
  return undefined;
}

// Words that are secrets only as options: `cmdkey /pass:x`, `rubeus /rc4:x`; `pass: 12` is a test's result.
const OPTION_KINDS: ReadonlyMap<string, string> = new Map([
  ['pass', 'password'],
  ['rc4', 'hash'],
  ['ntlm', 'hash'],
  ['aes128', 'hash'],
  ['aes256', 'hash'],
]);
// Programs whose `-p` or `/p` is a password; that of others is a port, a path or a print.
const PASSWORD_PROGRAMS = /(?:sshpass|psexec|schtasks|winexe|smbexec|plink)/i;
const PROGRAM_WITHIN = 512;

function optionKind(text: string, name: Name): string | undefined {
  if (!name.isOption) return undefined;
  const word = name.text.toLowerCase().replace(/^-+/, '');
  if (word === 'p' || word === 'rp') {
    return PASSWORD_PROGRAMS.test(text.slice(0, PROGRAM_WITHIN)) ? 'password' : undefined;
  }
  return OPTION_KINDS.get(word);
}

interface Name {
  readonly text: string;
  /** Stands at the end of a path, as in `/etc/passwd`, and so names a file. */
  readonly isPath: boolean;
  /** Begins with a dash, as options do. */
  readonly isOption: boolean;
}

/** The word before `=`, `:` or a blank, behind an optional blank and quote. */
function nameBefore(text: string, at: number): Name | undefined {
  let end = at;
  if (text.charAt(at) !== ' ') {
    const isAssigned = text.charAt(at) === '=' && text.charAt(end - 1) === ':';
    if (isAssigned || text.charAt(end - 1) === ' ') end--;
    if ('"\''.includes(text.charAt(end - 1)) && end > 0) end--;
    if (text.charAt(end - 1) === '\\') end--;
  }
  let start = end;
  while (start > 0 && end - start < NAME_LENGTH_MAX && isNameCharacter(text, start - 1)) start--;
  if (start === end) return undefined;
  const before = text.charAt(start - 1);
  const isSlash = before === '/' || (before === '\\' && !'"\''.includes(text.charAt(start)));
  const isArgument = isSlash && (start === 1 || isBlank(text, start - 2));
  return {
    text: text.slice(start, end),
    isPath: isSlash && start > 0 && !isArgument,
    isOption: text.charAt(start) === '-' || isArgument,
  };
}

function isNameCharacter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
  return (
    isLetter || (code >= 0x30 && code <= 0x39) || code === 0x5f || code === 0x2d || code === 0x2e
  );
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The value behind `from`: quoted, or up to what ends an argument. An `authorization` has a scheme
 * in front.
 */
function valueAfter(text: string, from: number, hasScheme: boolean): Span | undefined {
  let start = from;
  while (start - from < BLANKS_MAX && isBlank(text, start)) start++;
  if (text.charAt(start) === '\\') start++;
  const quote = text.charAt(start);
  if (quote === '"' || quote === "'" || quote === '`') {
    start++;
    const close = text.indexOf(quote, start);
    const end = close < 0 ? text.length : text.charAt(close - 1) === '\\' ? close - 1 : close;
    return end > start ? { from: start, to: end } : undefined;
  }
  let end = unquotedEnd(text, start);
  if (hasScheme && isBlank(text, end)) end = unquotedEnd(text, end + 1);
  return end > start ? { from: start, to: end } : undefined;
}

function unquotedEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && !isBlank(text, end) && !'&;,"\'<>|)]}`'.includes(text.charAt(end))) {
    end++;
  }
  return end;
}

/** `--password x`; and of `-u name:x` and `--user name:x` what stands behind the name. */
function argumentSecret(text: string, at: number, name: Name): Secret | undefined {
  if (!name.isOption || name.isPath) return undefined;
  const isUser = name.text === '-u' || name.text === '--user' || name.text === '--proxy-user';
  const kind = isUser ? 'password' : (kindOf(name.text) ?? optionKind(text, name));
  if (kind === undefined) return undefined;
  const value = valueAfter(text, at, false);
  if (value === undefined || text.charAt(value.from) === '-') return undefined;
  if (!isUser) return { kind, ...value };
  const colon = text.slice(value.from, Math.min(value.to, value.from + USER_INFO_MAX)).indexOf(':');
  const from = value.from + colon + 1;
  // `-u 112:116` is a user and a group.
  const isNoSecret = text.startsWith('//', from) || /^\d{1,6}$/.test(text.slice(from, value.to));
  return colon < 0 || isNoSecret || from === value.to ? undefined : { kind, from, to: value.to };
}

/** RFC 3986 userinfo: the password between the first colon and the `@`, within the authority. */
function userInfoSecret(text: string, from: number): Secret | undefined {
  let colon = -1;
  const limit = Math.min(text.length, from + USER_INFO_MAX);
  for (let at = from; at < limit; at++) {
    const character = text.charAt(at);
    if (character === '@') {
      const isPassword = colon >= 0 && at > colon + 1;
      return isPassword ? { kind: 'password', from: colon + 1, to: at } : undefined;
    }
    if (character === ':' && colon < 0) colon = at;
    if ('/?#[]"\'<>'.includes(character) || isBlank(text, at)) return undefined;
  }
  return undefined;
}
