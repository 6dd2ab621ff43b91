import { painter } from './terminal-text.ts';

const REDRAW_MS = 100;
const BAR_WIDTH = 24;

export interface ProgressState {
  /** 0 to 1, or undefined when the end is not known. */
  readonly share: number | undefined;
  readonly text: string;
}

/**
 * One line on standard error that is drawn over itself. Without a terminal (or with `enabled: false`) it
 * prints nothing. `clear` takes the line away, so that other output can be written; the next update draws it
 * again.
 */
export class Progress {
  private readonly stream: NodeJS.WriteStream = process.stderr;
  private readonly isOn: boolean;
  private lastDrawn = 0;
  private isDrawn = false;

  constructor(enabled: boolean) {
    this.isOn = enabled && this.stream.isTTY === true;
  }

  update(state: () => ProgressState): void {
    if (!this.isOn) return;
    const now = performance.now();
    if (this.isDrawn && now - this.lastDrawn < REDRAW_MS) return;
    this.lastDrawn = now;
    this.draw(state());
  }

  clear(): void {
    if (!this.isDrawn) return;
    this.stream.write('\r\x1b[2K');
    this.isDrawn = false;
  }

  private draw(state: ProgressState): void {
    const paint = painter(this.stream);
    const share = state.share === undefined ? '' : `${bar(state.share)} ${percent(state.share)}  `;
    const width = (this.stream.columns || 80) - 1;
    const text = `${share}${state.text}`.slice(0, width);
    this.stream.write(`\r\x1b[2K${paint('dim', text)}`);
    this.isDrawn = true;
  }
}

/** A bar of fixed width for a share of 0 to 1. */
export function bar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}

function percent(share: number): string {
  return `${Math.floor(Math.min(1, share) * 100)
    .toString()
    .padStart(3)} %`;
}
