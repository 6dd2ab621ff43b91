import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  CompletionItemKind,
  createConnection,
  DiagnosticSeverity,
  MarkupKind,
  ProposedFeatures,
  TextDocumentSyncKind,
  type CompletionItem,
  type Connection,
  type Diagnostic,
} from 'vscode-languageserver/node';

import type { RuleProblem } from '../../language/problem.ts';
import { complete, type Suggestion } from './complete.ts';
import { diagnose } from './diagnose.ts';
import { define, tell } from './tell.ts';
import { Workspace } from './workspace.ts';

const KINDS: Readonly<Record<Suggestion['kind'], CompletionItemKind>> = {
  field: CompletionItemKind.Field,
  modifier: CompletionItemKind.Method,
  keyword: CompletionItemKind.Keyword,
  value: CompletionItemKind.Value,
  reference: CompletionItemKind.Reference,
  list: CompletionItemKind.Constant,
};

/** Serves one editor over standard input and output, until it goes. */
export function serveEditor(lists: readonly string[], version: string): void {
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  new EditorSession(connection, lists, version).listen();
}

class EditorSession {
  readonly #connection: Connection;
  readonly #lists: readonly string[];
  readonly #version: string;
  readonly #open = new Map<string, string>();
  #workspace: Workspace;

  constructor(connection: Connection, lists: readonly string[], version: string) {
    this.#connection = connection;
    this.#lists = lists;
    this.#version = version;
    this.#workspace = new Workspace([], lists);
  }

  listen(): void {
    const connection = this.#connection;
    connection.onInitialize(({ workspaceFolders }) => {
      const folders = (workspaceFolders ?? []).map(({ uri }) => fileURLToPath(uri));
      this.#workspace = new Workspace(folders, this.#lists);
      return {
        capabilities: {
          textDocumentSync: {
            openClose: true,
            change: TextDocumentSyncKind.Full,
            save: true,
          },
          completionProvider: { triggerCharacters: ['|', '%', '.', ' ', '-'] },
          hoverProvider: true,
          definitionProvider: true,
        },
        serverInfo: { name: 'tidegate', version: this.#version },
      };
    });
    connection.onDidOpenTextDocument(({ textDocument }) =>
      this.#change(textDocument.uri, textDocument.text),
    );
    connection.onDidChangeTextDocument(({ textDocument, contentChanges }) => {
      const last = contentChanges.at(-1);
      if (last !== undefined) this.#change(textDocument.uri, last.text);
    });
    connection.onDidSaveTextDocument(() => {
      this.#workspace.forget();
      for (const uri of this.#open.keys()) this.#diagnose(uri);
    });
    connection.onDidCloseTextDocument(({ textDocument }) => {
      this.#open.delete(textDocument.uri);
      this.#workspace.setText(fileURLToPath(textDocument.uri), undefined);
      void connection.sendDiagnostics({ uri: textDocument.uri, diagnostics: [] });
    });
    connection.onCompletion(({ textDocument, position }) =>
      complete(this.#text(textDocument.uri), position, this.#workspace).map((suggestion) =>
        itemOf(suggestion, position),
      ),
    );
    connection.onHover(({ textDocument, position }) => {
      const value = tell(this.#text(textDocument.uri), position, this.#workspace);
      return value === undefined ? null : { contents: { kind: MarkupKind.Markdown, value } };
    });
    connection.onDefinition(({ textDocument, position }) => {
      const found = define(this.#text(textDocument.uri), position, this.#workspace);
      if (found === undefined) return null;
      const start = { line: found.line, character: found.character };
      return { uri: pathToFileURL(found.file).href, range: { start, end: start } };
    });
    connection.listen();
  }

  #text(uri: string): string {
    return this.#open.get(uri) ?? '';
  }

  #change(uri: string, text: string): void {
    this.#open.set(uri, text);
    this.#workspace.setText(fileURLToPath(uri), text);
    this.#diagnose(uri);
  }

  #diagnose(uri: string): void {
    const text = this.#text(uri);
    const lines = text.split(/\r\n|\r|\n/);
    const problems = diagnose(fileURLToPath(uri), text, this.#workspace);
    const diagnostics = problems.map((problem) => diagnosticOf(problem, lines));
    void this.#connection.sendDiagnostics({ uri, diagnostics });
  }
}

function diagnosticOf(problem: RuleProblem, lines: readonly string[]): Diagnostic {
  const { severity, code, message, hint, line, column } = problem;
  const start = { line: line - 1, character: column - 1 };
  const rest = /^\S*/.exec((lines[line - 1] ?? '').slice(column - 1))?.[0].length ?? 0;
  const end = { line: line - 1, character: column - 1 + Math.max(1, rest) };
  return {
    range: { start, end },
    severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    code,
    source: 'tidegate',
    message: hint === undefined ? message : `${message}\n${hint}`,
  };
}

function itemOf(
  { label, kind, detail, documentation, replaces }: Suggestion,
  { line, character }: { readonly line: number; readonly character: number },
): CompletionItem {
  const start = { line, character: character - replaces.length };
  return {
    label,
    kind: KINDS[kind],
    ...(detail === undefined ? {} : { detail }),
    ...(documentation === undefined ? {} : { documentation }),
    filterText: detail === undefined || kind !== 'value' ? label : `${label} ${detail}`,
    textEdit: { range: { start, end: { line, character } }, newText: label },
  };
}
