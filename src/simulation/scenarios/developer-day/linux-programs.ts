import type { Program } from '../../action.ts';

/** A program of the build machine; osquery reports its path alone. */
export function program(path: string): Program {
  return {
    path,
    description: '',
    product: '',
    company: '',
    version: '',
    originalName: '',
  };
}

export const init: Program = program('/usr/lib/systemd/systemd');
export const secureShell: Program = program('/usr/sbin/sshd');
export const cron: Program = program('/usr/sbin/cron');
export const shell: Program = program('/usr/bin/bash');
export const claude: Program = program('/home/ana/.local/share/claude/versions/2.1.0');
export const search: Program = program('/home/ana/.local/share/claude/vendor/ripgrep/x64-linux/rg');
export const git: Program = program('/usr/bin/git');
export const gitHttps: Program = program('/usr/lib/git-core/git-remote-https');
export const make: Program = program('/usr/bin/make');
export const compiler: Program = program('/usr/lib/gcc/x86_64-linux-gnu/14/cc1plus');
export const compilerDriver: Program = program('/usr/bin/g++');
export const nodeExporter: Program = program('/usr/local/bin/node_exporter');
export const runner: Program = program('/opt/runner/bin/Runner.Worker');
