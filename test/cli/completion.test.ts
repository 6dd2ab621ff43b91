import { expect } from 'chai';
import { spawnSync } from 'node:child_process';

import { tidegate } from './command.ts';

/** What bash offers for these words, the last of which is being written. */
function offered(script: string, words: readonly string[]): readonly string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const probe = `${script}
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; COMPREPLY=(); _tidegate
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = spawnSync('bash', ['--norc', '-c', probe], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line !== '');
}

describe('tidegate completion', function () {
  this.timeout(30_000);
  let bash = '';
  before(async () => {
    bash = (await tidegate(['completion', 'bash'])).stdout;
  });

  // [words, what is offered among others, what is not]
  const rows: readonly (readonly [readonly string[], string, string])[] = [
    [['tidegate', 'sc'], 'scan', 'rules'],
    [['tidegate', 'rules', 'te'], 'test', 'scan'],
    [['tidegate', 'rules', 'test', '--wa'], '--watch', '--fix'],
    [['tidegate', 'rules', 'check', 'folder', '--f'], '--fix', '--watch'],
    [['tidegate', 'rules', 'check', '--output', ''], 'sarif', '--fix'],
    [['tidegate', 'scan', '--min-level', 'h'], 'high', 'low'],
    [['tidegate', 'config', ''], 'schema', 'scan'],
  ];
  for (const [words, wanted, unwanted] of rows) {
    it(words.join(' '), () => {
      const all = offered(bash, words);
      expect(all).to.include(wanted);
      expect(all).to.not.include(unwanted);
    });
  }

  it('speaks zsh and fish, and says what else there is', async () => {
    expect((await tidegate(['completion', 'zsh'])).stdout).to.match(/^#compdef tidegate\n/);
    const fish = (await tidegate(['completion', 'fish'])).stdout;
    expect(fish).to.include("complete -c tidegate -f -n '__fish_use_subcommand' -a scan\n");
    expect(fish).to.include(
      "-n '__fish_seen_subcommand_from rules; and __fish_seen_subcommand_from check' -l output -x -a 'table json sarif github'",
    );
    const { code, stderr } = await tidegate(['completion', 'tcsh']);
    expect(code).to.equal(2);
    expect(stderr).to.include('bash, zsh, fish');
  });
});
