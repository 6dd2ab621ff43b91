#!/usr/bin/env -S node --max-semi-space-size=8
// A smaller young generation than V8's own takes 25 MB less, and no time that could be measured.

// Nothing is imported before the version is known: an older Node would fail on a missing module instead of
// hearing what it needs.

const NODE_VERSION_MIN = [24, 14, 1] as const;

/** True from NODE_VERSION_MIN on; older ones have a hash-flooding hole (CVE-2026-21717) that an event could use. */
function isNodeNewEnough(): boolean {
  const parts = process.versions.node.split('.').map(Number);
  for (const [index, least] of NODE_VERSION_MIN.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

// A reader that goes away (`| head`) ends the process quietly, as other tools do.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

/**
 * Keeps this program's compiled code in the user's cache folder, which halves the time of a start. Not in
 * the folder for temporary files, where others could put code of theirs. NODE_DISABLE_COMPILE_CACHE=1 turns
 * it off, NODE_COMPILE_CACHE names another place.
 */
function cacheCompiledCode(): void {
  const path = process.getBuiltinModule('node:path');
  const { XDG_CACHE_HOME, LOCALAPPDATA, HOME } = process.env;
  const folder = XDG_CACHE_HOME ?? LOCALAPPDATA ?? (HOME && path.join(HOME, '.cache'));
  if (!folder) return;
  // A folder that can not be made is no problem: then nothing is kept.
  process.getBuiltinModule('node:module').enableCompileCache(path.join(folder, 'tidegate', 'code'));
}

if (isNodeNewEnough()) {
  cacheCompiledCode();
  const { run } = await import('./program.ts');
  process.exitCode = await run();
} else {
  process.stderr.write(
    `tidegate: Node ${process.versions.node} is too old: Tidegate needs ${NODE_VERSION_MIN.join('.')} or newer. ` +
      'In a checkout, start it as `npm run -s tidegate -- COMMAND`, which brings its own.\n',
  );
  process.exitCode = 2;
}

export {};
