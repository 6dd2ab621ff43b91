import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** A command of a document, and what the document says that it prints. */
export interface Step {
  readonly command: string;
  readonly expected: string;
}

const BLOCK = /```console\n([\s\S]*?)```/g;

/** The commands of a document: lines after `$ ` in blocks of `console`, with what follows each. */
export function stepsOf(text: string): readonly Step[] {
  return [...text.matchAll(BLOCK)].flatMap(([, block = '']) => {
    const parts = block.split(/^\$ /m).slice(1);
    return parts.map((part) => {
      const lines = part.split('\n');
      // A command goes on behind a backslash.
      let length = 1;
      while (lines[length - 1]?.endsWith('\\') === true) length += 1;
      return {
        command: lines.slice(0, length).join('\n'),
        expected: lines.slice(length).join('\n').trimEnd(),
      };
    });
  });
}

/** The document with what its commands print now. */
export function rewritten(text: string, printed: readonly string[]): string {
  let index = 0;
  return text.replaceAll(BLOCK, (_, block: string) => {
    const steps = stepsOf(`\`\`\`console\n${block}\`\`\``);
    const lines = steps.map(({ command }) => {
      const output = printed[index] ?? '';
      index += 1;
      return `$ ${command}\n${output === '' ? '' : `${output}\n`}`;
    });
    return `\`\`\`console\n${lines.join('')}\`\`\``;
  });
}

/** Runs the commands one after the other in a fresh folder, as a reader would in a shell. */
export function runSteps(steps: readonly Step[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-tutorial-'));
  try {
    const bin = join(folder, '.bin');
    mkdirSync(bin);
    const main = join(root, 'src/cli/main.ts');
    const program = `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`;
    writeFileSync(join(bin, 'tidegate'), program);
    chmodSync(join(bin, 'tidegate'), 0o755);
    symlinkSync(
      join(root, 'fixtures/scenarios/developer-day.ndjson.gz'),
      join(folder, 'day.ndjson.gz'),
    );
    const env = { ...process.env, NO_COLOR: '1', PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    return steps.map(({ command }) => {
      const done = spawnSync('bash', ['-c', `{ ${command}\n} 2>&1`], {
        cwd: folder,
        env,
        encoding: 'utf8',
      });
      return settled(done.stdout).trimEnd();
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Output without what differs from run to run: ids, days, durations. */
function settled(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g, '6f1c2a9e-…')
    .replaceAll(/^date: \d{4}-\d{2}-\d{2}$/gm, 'date: 2026-11-26')
    .replaceAll(/\b\d+(?:\.\d+)? (?:ms|s)(?=; )/g, '12 ms')
    .replaceAll(/[ \t]+$/gm, '');
}
