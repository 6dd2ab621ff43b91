import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const MAIN = resolve(import.meta.dirname, '../../../src/cli/main.ts');

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly uri: string; readonly diagnostics: readonly Diagnostic[] };
  readonly result?: unknown;
}

export interface Diagnostic {
  readonly code: string;
  readonly severity: number;
  readonly message: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

/** An editor that speaks to the real server over its standard input and output. */
export class Editor implements AsyncDisposable {
  readonly #server: ChildProcessWithoutNullStreams;
  readonly #answers = new Map<number, (result: unknown) => void>();
  #told: ((diagnostics: readonly Diagnostic[]) => void) | undefined;
  #rest = Buffer.alloc(0);
  #ids = 0;

  constructor() {
    this.#server = spawn(process.execPath, [MAIN, 'lsp', '--stdio']);
    this.#server.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  async start(folder: string): Promise<unknown> {
    const workspaceFolders = [{ uri: pathToFileURL(folder).href, name: 'rules' }];
    const result = await this.ask('initialize', {
      processId: null,
      rootUri: null,
      capabilities: { workspace: { workspaceFolders: true } },
      workspaceFolders,
    });
    this.#tell('initialized', {});
    return result;
  }

  /** Opens a text under a path; the problems that the server finds in it. */
  async open(path: string, text: string): Promise<readonly Diagnostic[]> {
    return this.#diagnostics(() =>
      this.#tell('textDocument/didOpen', {
        textDocument: { uri: pathToFileURL(path).href, languageId: 'yaml', version: 1, text },
      }),
    );
  }

  async change(path: string, text: string): Promise<readonly Diagnostic[]> {
    return this.#diagnostics(() =>
      this.#tell('textDocument/didChange', {
        textDocument: { uri: pathToFileURL(path).href, version: 2 },
        contentChanges: [{ text }],
      }),
    );
  }

  /** Asks about a place of an open text. */
  async at(
    method: 'completion' | 'hover' | 'definition',
    path: string,
    position: { readonly line: number; readonly character: number },
  ): Promise<unknown> {
    const textDocument = { uri: pathToFileURL(path).href };
    return this.ask(`textDocument/${method}`, { textDocument, position });
  }

  async ask(method: string, params: unknown): Promise<unknown> {
    const id = (this.#ids += 1);
    const { promise, resolve: answer } = Promise.withResolvers<unknown>();
    this.#answers.set(id, answer);
    this.#send({ id, method, params });
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ask('shutdown', null);
    const closed = once(this.#server, 'close');
    this.#tell('exit', null);
    await closed;
  }

  get exitCode(): number | null {
    return this.#server.exitCode;
  }

  async #diagnostics(act: () => void): Promise<readonly Diagnostic[]> {
    const { promise, resolve: told } = Promise.withResolvers<readonly Diagnostic[]>();
    this.#told = told;
    act();
    return promise;
  }

  #tell(method: string, params: unknown): void {
    this.#send({ method, params });
  }

  #send(message: object): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    this.#server.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.#server.stdin.write(body);
  }

  #take(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const end = this.#rest.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/.exec(this.#rest.toString('latin1'))?.[1]);
      if (end < 0 || this.#rest.length < end + 4 + length) return;
      const body = this.#rest.subarray(end + 4, end + 4 + length).toString('utf8');
      this.#rest = this.#rest.subarray(end + 4 + length);
      this.#hear(JSON.parse(body) as Message);
    }
  }

  #hear({ id, method, params, result }: Message): void {
    if (method === 'textDocument/publishDiagnostics') this.#told?.(params?.diagnostics ?? []);
    else if (id !== undefined) this.#answers.get(id)?.(result);
  }
}
