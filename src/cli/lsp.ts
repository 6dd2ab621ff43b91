import { join } from 'node:path';

import type { Command } from 'commander';

import { productVersion } from '../runtime/product.ts';
import { BUNDLED_RULES } from '../runtime/rule-files.ts';
import { collect, existingPlaces } from './input.ts';

/** `tidegate lsp`: the language server for rules, for editors. */
export function addLsp(program: Command): void {
  program
    .command('lsp')
    .description('serve an editor: problems, completion, hover and definitions for rules and tests')
    .option('--stdio', 'over standard input and output, which it always does')
    .option('--lists <dir>', 'folder of lists that win over the bundled ones', collect)
    .addHelpText(
      'after',
      `
An editor starts it for YAML files of a folder of rules; docs/rules.md says how for VS Code, Neovim and Helix.
It completes fields by log source, modifiers, placeholders, tags, rules and selections, says of a field which
sensors fill it, and runs the tests of an open test file.`,
    )
    .action(async (options: { readonly lists?: readonly string[] }) => {
      const lists = existingPlaces([join(BUNDLED_RULES, 'lists'), ...(options.lists ?? [])]);
      // Loaded here, so that no other command pays for it.
      const { serveEditor } = await import('../workbench/lsp/server.ts');
      serveEditor(lists, productVersion());
    });
}
