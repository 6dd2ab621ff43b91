import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';

import { EXIT, UsageError } from './exit.ts';

const LENGTH_MIN = 12;
const LENGTH_MAX = 256;

/** `tidegate setup password`: what stands in a configuration instead of a password. */
export function addSetupPassword(setup: Command): void {
  setup
    .command('password')
    .description('print the hash of a password, for `dashboard.people` of a configuration')
    .addHelpText(
      'after',
      `
The password is read from standard input, so that it stands in no list of processes and no history.

Examples:
  tidegate setup password                       asks
  tidegate setup password < password.txt        the first line of a file`,
    )
    .action(async () => {
      const password = process.stdin.isTTY
        ? await asked()
        : ((await text(process.stdin)).split(/\r?\n/, 1)[0] ?? '');
      if (password.length < LENGTH_MIN || password.length > LENGTH_MAX) {
        throw new UsageError(`a password has ${LENGTH_MIN} to ${LENGTH_MAX} characters`);
      }
      const { hashPassword } = await import('../dashboard/access/passwords.ts');
      process.stdout.write(`${await hashPassword(password)}\n`);
      process.exitCode = EXIT.ran;
    });
}

/** Asks on the terminal without showing what is typed. */
async function asked(): Promise<string> {
  process.stderr.write('Password: ');
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const input = createInterface({ input: process.stdin, output: unseen, terminal: true });
  try {
    return await input.question('');
  } finally {
    input.close();
    process.stderr.write('\n');
  }
}
