// What a shell does itself, so that no program starts.
const builtins: ReadonlySet<string> = new Set(
  '. : [ alias cd copy del dir echo eval exit export move printf pwd read set source test true type umask'.split(
    ' ',
  ),
);

// What PowerShell has names of its own for.
const aliases: ReadonlySet<string> = new Set('cat cp echo gc ls mv rm sort tee'.split(' '));

/** One program of a command. */
export interface Step {
  /** Its name, as typed. */
  readonly program: string;
  /** As the program is told it. */
  readonly line: string;
  /** It starts together with the one before, which it takes its input from. */
  readonly isPiped: boolean;
}

/** The programs that a shell starts for a command. */
export function stepsOf(command: string, shell: string): readonly Step[] {
  const steps: Step[] = [];
  for (const { text, isPiped } of partsOf(command)) {
    const line = text.replace(/^(?:[A-Za-z_][A-Za-z0-9_]*=\S* +)+/, '');
    const program = (/^"([^"]*)"|^'([^']*)'|^\S+/.exec(line)?.[0] ?? '').replaceAll(/["']/g, '');
    const isCommandlet = /^[A-Z][A-Za-z]+-[A-Z]/.test(program);
    if (program === '' || isCommandlet || builtins.has(program)) continue;
    if (shell === 'powershell' && aliases.has(program)) continue;
    steps.push({ program: program.replace(/\.exe$/, ''), line, isPiped });
  }
  return steps;
}

// Cuts at pipes, `&&`, `||`, `;` and line breaks outside quotes; a `(` of a subshell is passed over.
function partsOf(command: string): readonly { readonly text: string; readonly isPiped: boolean }[] {
  const parts: { text: string; isPiped: boolean }[] = [];
  let quote = '';
  let text = '';
  let isPiped = false;
  const cut = (pipes: boolean): void => {
    parts.push({ text: text.trim(), isPiped });
    text = '';
    isPiped = pipes;
  };
  for (let at = 0; at < command.length; at += 1) {
    const sign = command.charAt(at);
    if (quote !== '') {
      if (sign === quote) quote = '';
      text += sign;
    } else if (sign === '"' || sign === "'") {
      quote = sign;
      text += sign;
    } else if (sign === '|' || sign === '&') {
      const isDouble = command.charAt(at + 1) === sign;
      if (sign === '&' && !isDouble) {
        text += sign;
        continue;
      }
      cut(sign === '|' && !isDouble);
      if (isDouble) at += 1;
    } else if (sign === ';' || sign === '\n') {
      cut(false);
    } else {
      text += sign;
    }
  }
  cut(false);
  return parts;
}
