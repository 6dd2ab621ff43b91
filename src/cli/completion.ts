import type { Command } from 'commander';

import { EXIT, UsageError } from './exit.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** `tidegate completion SHELL`: a script that completes commands, options and their choices. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands and options in bash, zsh or fish')
    .argument('<shell>', SHELLS.join(', '))
    .addHelpText(
      'after',
      `
Examples:
  tidegate completion bash > /etc/bash_completion.d/tidegate
  tidegate completion zsh > "\${fpath[1]}/_tidegate"
  tidegate completion fish > ~/.config/fish/completions/tidegate.fish`,
    )
    .action((shell: string) => {
      const known = SHELLS.find((each) => each === shell);
      if (known === undefined) {
        throw new UsageError(`'${shell}' is no shell that is known: ${SHELLS.join(', ')}`);
      }
      process.stdout.write(scripts[known](wordsOf(program)));
      process.exitCode = EXIT.ran;
    });
}

/** What can follow a command: its commands and options, by the words that lead to it. */
interface CommandWords {
  /** `rules test`; empty for the program itself. */
  readonly path: string;
  readonly commands: readonly string[];
  readonly options: readonly string[];
  /** Options with a fixed set of values. */
  readonly choices: ReadonlyMap<string, readonly string[]>;
}

function wordsOf(command: Command, path: readonly string[] = []): readonly CommandWords[] {
  const options = command.options.flatMap(({ long }) => long ?? []);
  const choices = new Map(
    command.options.flatMap(({ long, argChoices }) =>
      long !== undefined && long !== null && argChoices !== undefined ? [[long, argChoices]] : [],
    ),
  );
  const own: CommandWords = {
    path: path.join(' '),
    commands: command.commands.map((each) => each.name()),
    options: [...options, '--help'],
    choices,
  };
  return [own, ...command.commands.flatMap((each) => wordsOf(each, [...path, each.name()]))];
}

const scripts: Readonly<Record<Shell, (words: readonly CommandWords[]) => string>> = {
  bash: bashScript,
  zsh: (words) =>
    `#compdef tidegate\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(words)}`,
  fish: fishScript,
};

function bashScript(words: readonly CommandWords[]): string {
  const cases = words.map(({ path, commands, options }) => {
    const all = [...commands, ...options].join(' ');
    return `    '${path}') words='${all}' ;;`;
  });
  const choices = words.flatMap(({ path, choices: values }) =>
    [...values].map(([option, each]) => `    '${path} ${option}') words='${each.join(' ')}' ;;`),
  );
  return `# Completes tidegate; printed by \`tidegate completion\`.
_tidegate() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} path='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      -*) break ;;
      *) case "$path $word" in
${words
  .filter(({ path }) => path !== '')
  .map(({ path }) => `        ' ${path}'|'${path}') path="\${path:+$path }$word" ;;`)
  .join('\n')}
      esac ;;
    esac
  done
  case "$path $before" in
${choices.join('\n')}
  esac
  if [ -z "$words" ]; then
    case "$path" in
${cases.join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _tidegate tidegate
`;
}

function fishScript(words: readonly CommandWords[]): string {
  const lines = words.flatMap(({ path, commands, options, choices }) => {
    const steps = path === '' ? [] : path.split(' ');
    const seen = steps.map((step) => `__fish_seen_subcommand_from ${step}`);
    const here = seen.length === 0 ? '__fish_use_subcommand' : seen.join('; and ');
    const condition = `-n '${here}'`;
    return [
      ...commands.map((command) => `complete -c tidegate -f ${condition} -a ${command}`),
      ...options.map((option) => {
        const values = choices.get(option);
        const known = values === undefined ? '' : ` -x -a '${values.join(' ')}'`;
        return `complete -c tidegate ${condition} -l ${option.slice(2)}${known}`;
      }),
    ];
  });
  return `# Completes tidegate; printed by \`tidegate completion\`.\n${lines.join('\n')}\n`;
}
