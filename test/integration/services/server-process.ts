import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { once } from 'node:events';

import { waitUntil } from './ports.ts';

/** How a server is started, and how one sees that it answers. */
export interface ServerCommand {
  /** For people: `kafka broker 1`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Standard output and standard error are appended to it. */
  readonly log: string;
  readonly isReady: () => Promise<boolean>;
  /** In a container, signals go to the container of this name instead of to the client's process. */
  readonly container?: string;
}

const READY_MS_MAX = 120_000;
const STOP_MS_MAX = 20_000;

/** One server: started, stopped, killed, frozen and started again over the same data. */
export class ServerProcess implements AsyncDisposable {
  readonly name: string;
  readonly log: string;
  private readonly description: ServerCommand;
  private child: ChildProcess | undefined;
  private leash: ChildProcess | undefined;

  constructor(description: ServerCommand) {
    this.description = description;
    this.name = description.name;
    this.log = description.log;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  get isRunning(): boolean {
    return this.child !== undefined;
  }

  /** Starts it and returns when it answers. */
  async start(): Promise<void> {
    this.launch();
    await this.ready();
  }

  /** Starts it without waiting; `ready` waits. */
  launch(): void {
    if (this.child !== undefined) throw new Error(`${this.name} runs already`);
    const { command, args, env, log } = this.description;
    const output = openSync(log, 'a');
    const child = spawn(command, args, {
      stdio: ['ignore', output, output],
      env: { ...process.env, ...env },
      // A group of its own: an interrupt at the terminal reaches us, and we stop it in good order.
      detached: true,
    });
    closeSync(output);
    child.once('error', () => (this.child = undefined));
    child.once('exit', () => {
      this.child = undefined;
      this.leash?.kill();
      this.leash = undefined;
    });
    this.child = child;
    if (child.pid !== undefined) this.leash = leash(child.pid);
    child.unref();
  }

  async ready(): Promise<void> {
    const { isReady } = this.description;
    const isUp = async (): Promise<boolean> => {
      if (this.child === undefined) throw new Error(`${this.name} ended:\n${this.lastLines()}`);
      return isReady();
    };
    await waitUntil(isUp, { what: `${this.name} (log: ${this.log})`, limitMs: READY_MS_MAX });
  }

  /** Asks it to stop, insists after a while; returns when it is gone. */
  async stop(): Promise<void> {
    const insist = setTimeout(() => this.signal('SIGKILL'), STOP_MS_MAX);
    await this.end('SIGTERM');
    clearTimeout(insist);
  }

  /** Ends it as a power cut would; returns when it is gone. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Stops it in its tracks: connections stay open and nothing answers, until `thaw`. */
  freeze(): void {
    this.signal('SIGSTOP');
  }

  thaw(): void {
    this.signal('SIGCONT');
  }

  /** Lets it live on after this process. Its id is what is needed to stop it. */
  letGo(): number | undefined {
    this.leash?.kill();
    this.leash = undefined;
    return this.pid;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    const gone = once(child, 'exit');
    child.ref();
    this.signal(signal);
    // A frozen process takes the signal only when it goes on.
    if (signal !== 'SIGKILL') this.signal('SIGCONT');
    await gone;
  }

  private signal(signal: NodeJS.Signals): void {
    const { container } = this.description;
    if (this.child === undefined) return;
    if (container === undefined) this.child.kill(signal);
    else spawn('docker', ['kill', '--signal', signal, container], { stdio: 'ignore' });
  }

  private lastLines(): string {
    return readFileSync(this.log, 'utf8').split('\n').slice(-20).join('\n');
  }
}

/** Kills the server when this process is gone, however it ended: its end closes the pipe. */
function leash(pid: number): ChildProcess {
  const holder = spawn('sh', ['-c', `read _; kill -9 ${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  holder.unref();
  // A pipe counts as work to be waited for unless it is let go of too.
  (holder.stdin as unknown as { unref(): void }).unref();
  return holder;
}
