const WORDS_MAX = 512;
const PATHS_MAX = 32;
const TEXT_LENGTH_MAX = 32_767;
const PATH_LENGTH_MAX = 1024;

const WORD = /"([^"]*)"|'([^']*)'|([^\s"'|;<>()&,=@]+)/g;
const HOME = /^(?:~|\$HOME|\$\{HOME\}|\$env:HOME)(?=\/)/i;
const PROFILE = /^(?:~|%USERPROFILE%|\$env:USERPROFILE|\$HOME)(?=\\)/i;
// Git's shell on Windows.
const MOUNTED = /^\/([a-z])\/(?=Users\/|Windows\/|ProgramData\/)/i;
const DOCUMENT =
  /\.(?:csv|db|docx?|eml|jpe?g|kdbx|key|ods|odt|pdf|pem|png|pptx?|pst|rtf|sql|sqlite|tsv|txt|xlsx?|zip)$/i;

/**
 * Paths that a command line names, as absolute ones as far as that can be told: a home folder stands for any user's, and
 * a relative name of a document counts from the working directory where the sensor tells it. At most 32.
 */
export function pathsOfCommandLine(
  commandLine: string,
  workingDirectory: string | undefined,
): readonly string[] {
  const paths = new Set<string>();
  let words = 0;
  for (const [, double, single, bare] of commandLine.slice(0, TEXT_LENGTH_MAX).matchAll(WORD)) {
    if (words++ >= WORDS_MAX || paths.size >= PATHS_MAX) break;
    const word = double ?? single ?? bare ?? '';
    if (word.includes(' ') && /[/\\]/.test(word) && !isPath(word) && !isOfHome(word)) {
      for (const part of word.split(/[\s"'|;<>()&]+/, WORDS_MAX))
        addPath(part, workingDirectory, paths);
    } else addPath(word, workingDirectory, paths);
  }
  return [...paths];
}

function addPath(word: string, workingDirectory: string | undefined, paths: Set<string>): void {
  if (word === '' || word.length > PATH_LENGTH_MAX || word.includes('://')) return;
  if (paths.size >= PATHS_MAX) return;
  if (HOME.test(word)) {
    for (const home of ['/home/user', '/Users/user']) paths.add(word.replace(HOME, home));
  } else if (PROFILE.test(word)) {
    paths.add(word.replace(PROFILE, 'C:\\Users\\user'));
  } else if (MOUNTED.test(word)) {
    paths.add(word.replace(MOUNTED, (_, drive: string) => `${drive}:/`).replaceAll('/', '\\'));
  } else if (isPath(word)) {
    paths.add(word);
  } else if (workingDirectory !== undefined && isRelative(word)) {
    paths.add(joined(workingDirectory, word));
  }
}

function isOfHome(word: string): boolean {
  return HOME.test(word) || PROFILE.test(word);
}

// `/x` alone is an option of Windows programs; a folder has more than one part.
function isPath(word: string): boolean {
  return /^(?:\/[^/\s]+\/|[a-z]:[\\/]|\\\\)/i.test(word);
}

function isRelative(word: string): boolean {
  return word === '.' || (!word.startsWith('-') && DOCUMENT.test(word));
}

function joined(folder: string, name: string): string {
  const separator = folder.includes('\\') ? '\\' : '/';
  const head = folder.endsWith(separator) ? folder : `${folder}${separator}`;
  return name === '.' ? head : `${head}${name.replace(/^\.[/\\]/, '')}`;
}
