import { expect } from 'chai';

import { pathsOfCommandLine } from '../../src/enrichment/command-paths.ts';
import { PathClass } from '../../src/enrichment/path-class.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { event } from './events.ts';

describe('paths of a command line', () => {
  const home = ['/home/user/Documents/x.pdf', '/Users/user/Documents/x.pdf'];
  // [command line, working directory, paths]
  const table: readonly (readonly [string, string | undefined, readonly string[]])[] = [
    ['tar -czf /tmp/a.tgz /srv/payroll', undefined, ['/tmp/a.tgz', '/srv/payroll']],
    ['cat ~/Documents/x.pdf', undefined, home],
    ['cat $HOME/Documents/x.pdf', undefined, home],
    [
      'type "%USERPROFILE%\\Documents\\a b.txt"',
      undefined,
      ['C:\\Users\\user\\Documents\\a b.txt'],
    ],
    [`sh -c 'cp /srv/a.pdf /media/x'`, undefined, ['/srv/a.pdf', '/media/x']],
    ['cat /c/Users/ana/.ssh/id_rsa', undefined, ['c:\\Users\\ana\\.ssh\\id_rsa']],
    ['curl https://a.example/x/y', undefined, []],
    ['cmd /c dir /b', undefined, []],
    ['zip -r /tmp/d.zip .', '/srv/payroll', ['/tmp/d.zip', '/srv/payroll/']],
    ['cat plan.pdf', '/srv/payroll/', ['/srv/payroll/plan.pdf']],
    ['cat plan.pdf', undefined, []],
    ['git status', '/srv/payroll', []],
  ];
  for (const [commandLine, folder, paths] of table) {
    it(`${commandLine}${folder === undefined ? '' : ` in ${folder}`}`, () => {
      expect(pathsOfCommandLine(commandLine, folder)).to.deep.equal(paths);
    });
  }

  it('are at most 32, of at most 512 words', () => {
    expect(pathsOfCommandLine('cat /srv/a '.concat('x '.repeat(600), '/srv/b'), undefined))
      .to.deep //
      .equal(['/srv/a']);
    const many = Array.from({ length: 99 }, (_, n) => `/srv/${String(n)}`).join(' ');
    expect(pathsOfCommandLine(many, undefined)).to.have.lengthOf(32);
  });
});

describe('class of paths', () => {
  const lists: Readonly<Record<string, readonly string[]>> = {
    protected_paths: ['/srv/payroll/*', '*\\payroll\\\\*'],
    development_files: ['*.ts', '*.c'],
    privileged_paths: ['*/.ssh/id_*'],
    credential_paths: ['*/.aws/credentials', '*/.claude/.credentials.json'],
    agent_state_paths: ['*/.claude/*'],
    removable_paths: ['/media/*'],
  };
  const policy: Policy = { agent: () => undefined, list: (name) => lists[name] };
  const classes = (fields: Readonly<Record<string, string>>): unknown => {
    const category = 'CommandLine' in fields ? 'process_creation' : 'file_access';
    const each = event(category, 0, undefined, fields);
    new PathClass().derive(each, policy);
    return each.derived.get('tidegate.path.class');
  };

  it('is that of the file', () => {
    expect(classes({ TargetFilename: '/srv/payroll/a.pdf' })).to.deep.equal(['protected']);
    expect(classes({ TargetFilename: 'D:\\Payroll\\a.pdf' })).to.deep.equal(['protected']);
    expect(classes({ TargetFilename: '/srv/other/a.pdf' })).to.equal(undefined);
  });

  it('of what a program is made of is not protected', () => {
    expect(classes({ TargetFilename: '/srv/payroll/a.ts' })).to.deep.equal(['development']);
  });

  it("of an agent's own token is no credential", () => {
    expect(classes({ TargetFilename: '/home/a/.claude/.credentials.json' })).to.deep.equal([
      'agent_state',
    ]);
  });

  it('is that of every path of a launch, whatever the archive is called', () => {
    expect(classes({ CommandLine: 'tar -czf /media/x.c /srv/payroll' })).to.deep.equal([
      'development',
      'removable',
      'protected',
    ]);
  });
});
