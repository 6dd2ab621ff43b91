// Our portable rules, as `rules export` writes them, under sigma-cli's own check. Run by
// `npm run conformance:sigma`; needs python3. Left out are the checks of ATT&CK and D3FEND tags, which
// sigma-cli downloads its lists for; `rules check` holds those tags against ours.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { pythonWith, stop } from './python.ts';

const SUITE = 'sigma-cli';
const python = pythonWith({
  suite: SUITE,
  module: 'sigma.cli',
  packages: ['sigma-cli==3.1.0', 'pysigma==1.5.1'],
});
const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'tidegate-sigma-'));
try {
  const out = join(folder, 'rules');
  const main = join(root, 'src/cli/main.ts');
  const exported = spawnSync(process.execPath, [main, 'rules', 'export', '--out', out], {
    encoding: 'utf8',
  });
  process.stdout.write(exported.stdout + exported.stderr);
  if (exported.status !== 0) stop(SUITE, 'the rules could not be exported');
  const sigma = join(dirname(python), 'sigma');
  const options = ['--fail-on-error', '--fail-on-issues', '-x', 'attacktag', '-x', 'd3_fendtag'];
  const checked = spawnSync(sigma, ['check', ...options, out], { encoding: 'utf8' });
  process.stdout.write(checked.stdout);
  if (checked.status !== 0) process.stderr.write(checked.stderr);
  process.exitCode = checked.status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
