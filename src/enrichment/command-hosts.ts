import { parse } from 'tldts';

// More hosts than this in one command line are a list, not a destination.
const HOSTS_MAX = 16;
const TEXT_LENGTH_MAX = 65_536;
const WORDS_MAX = 2048;
const HOST_LENGTH_MAX = 253;

// Programs that take a host as a bare word.
const TOOLS: ReadonlySet<string> = new Set(
  (
    'curl wget wget2 http https xh nc ncat netcat socat telnet ssh scp sftp rsync ftp tftp nslookup dig host ' +
    'drill resolvectl resolve-dnsname invoke-webrequest invoke-restmethod iwr irm start-bitstransfer bitsadmin certutil rclone'
  ).split(' '),
);

const WORD_ENDS = '[\\s\'"`|;<>()]';
// Most command lines name none of them, and are not cut into words.
const TOOL = new RegExp(
  `(?:^|[/\\\\]|${WORD_ENDS})(?:${[...TOOLS].join('|')})(?:\\.exe)?(?:$|${WORD_ENDS})`,
);

// Options whose next word is a file or data, never a host.
const OPTIONS_WITH_VALUE: ReadonlySet<string> = new Set(
  (
    '-o -O -d -F -T -H -K -b -c -u -A -e -i -l -p -w --output --data --data-binary --data-raw --data-urlencode ' +
    '--form --upload-file --header --config --cookie --cookie-jar --user --post-file --post-data --output-document ' +
    '-outfile -infile -body -headers'
  ).split(' '),
);

// Endings of files that are also top level domains.
const FILE_ENDINGS: ReadonlySet<string> = new Set(
  'sh py pl rs md zip mov ps so cc ai app pub tar gz'.split(' '),
);

const WORDS = new RegExp(WORD_ENDS);
const SCHEME =
  /\b(?:https?|ftps?|sftp|wss?|tftp|scp|rsync|ldaps?|tcp|udp):\/\/([^\s'"`<>|;,()]{1,512})/gi;
const DEVICE = /\/dev\/(?:tcp|udp)\/([^\s/'"`<>|;,()]{1,253})\//g;

/** Hosts that a command line names: in URLs, in `/dev/tcp/`, and as words of programs that take a host. */
export function hostsOfCommandLine(commandLine: string): readonly string[] {
  const text = commandLine.slice(0, TEXT_LENGTH_MAX);
  const hosts = new Set<string>();
  if (text.includes('://')) {
    addMatches(text, SCHEME, hosts);
    addBuckets(text, hosts);
  }
  if (text.includes('/dev/')) addMatches(text, DEVICE, hosts);
  if (hosts.size < HOSTS_MAX && TOOL.test(text.toLowerCase())) addBareHosts(text, hosts);
  return [...hosts];
}

// Buckets stand for the host that serves them (the clouds' own documentation of their addresses).
const BUCKET = /\b(s3|gs):\/\/([a-z0-9][a-z0-9._-]{1,220})/gi;

function addBuckets(text: string, hosts: Set<string>): void {
  for (const [, scheme, bucket] of text.matchAll(BUCKET)) {
    if (hosts.size >= HOSTS_MAX || bucket === undefined) return;
    const service = scheme?.toLowerCase() === 's3' ? 's3.amazonaws.com' : 'storage.googleapis.com';
    hosts.add(`${bucket.toLowerCase()}.${service}`);
  }
}

function addMatches(text: string, pattern: RegExp, hosts: Set<string>): void {
  for (const found of text.matchAll(pattern)) {
    if (hosts.size >= HOSTS_MAX) return;
    const host = hostOfAuthority(found[1] ?? '');
    if (host !== undefined) hosts.add(host);
  }
}

function addBareHosts(text: string, hosts: Set<string>): void {
  const words = text.split(WORDS, WORDS_MAX).filter((word) => word !== '');
  let hasTool = false;
  let before = '';
  for (const word of words) {
    if (hosts.size >= HOSTS_MAX) return;
    if (TOOLS.has(programName(word))) hasTool = true;
    else if (hasTool && !word.startsWith('-') && !OPTIONS_WITH_VALUE.has(before.toLowerCase())) {
      const host = word.includes('://') || word.includes('=') ? undefined : bareHost(word);
      if (host !== undefined) hosts.add(host);
    }
    before = word;
  }
}

function programName(word: string): string {
  const name = word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1);
  const folded = name.toLowerCase();
  return folded.endsWith('.exe') ? folded.slice(0, -4) : folded;
}

// `host`, `host/path`, `host:port`, `user@host:path` of a word that has a public suffix, or an IPv4 address.
function bareHost(word: string): string | undefined {
  if (word.startsWith('/') || word.startsWith('.') || word.startsWith('@')) return undefined;
  const host = hostOfAuthority(word);
  if (host === undefined || !host.includes('.')) return undefined;
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)) return host;
  const isWholeWord = host.length === word.length;
  const ending = host.slice(host.lastIndexOf('.') + 1);
  if (isWholeWord && FILE_ENDINGS.has(ending)) return undefined;
  return parse(host).isIcann === true ? host : undefined;
}

/** The host of `user@host:port/path`, in lower case and without brackets. */
export function hostOfAuthority(authority: string): string | undefined {
  const end = authority.search(/[/?#\\]/);
  const whole = end < 0 ? authority : authority.slice(0, end);
  const host = whole.slice(whole.lastIndexOf('@') + 1).toLowerCase();
  if (host.startsWith('[')) {
    const close = host.indexOf(']');
    return close > 1 ? host.slice(1, close) : undefined;
  }
  const colon = host.indexOf(':');
  const name = (colon < 0 ? host : host.slice(0, colon)).replace(/\.$/, '');
  return name !== '' && name.length <= HOST_LENGTH_MAX && /^[\p{L}\p{N}._-]+$/u.test(name)
    ? name
    : undefined;
}
