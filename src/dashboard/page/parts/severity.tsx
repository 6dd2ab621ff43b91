import type { JSX } from 'preact';

import type { Level } from '../../../language/tree.ts';

export interface LevelLook {
  readonly words: string;
  /** Class of text and chip. */
  readonly name: 'crit' | 'high' | 'med' | 'low' | 'info';
}

export const looks: Readonly<Record<Level, LevelLook>> = {
  critical: { words: 'Critical', name: 'crit' },
  high: { words: 'High', name: 'high' },
  medium: { words: 'Medium', name: 'med' },
  low: { words: 'Low', name: 'low' },
  informational: { words: 'Info', name: 'info' },
};

/** A level by its shape: octagon, three bars, two, one, ring. Colour comes on top. */
export function LevelGlyph({ level }: { readonly level: Level }): JSX.Element {
  if (level === 'critical') {
    return (
      <svg class="glyph" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
        <path
          d="M4.4 1h5.2L13 4.4v5.2L9.6 13H4.4L1 9.6V4.4Z"
          fill="none"
          stroke="currentColor"
          stroke-width="1.5"
        />
        <path d="M7 4v3.6M7 9.4v.8" stroke="currentColor" stroke-width="1.6" />
      </svg>
    );
  }
  if (level === 'informational') {
    return (
      <svg class="glyph" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
        <circle cx="7" cy="7" r="3" fill="none" stroke="currentColor" stroke-width="1.6" />
      </svg>
    );
  }
  const bars = level === 'high' ? 3 : level === 'medium' ? 2 : 1;
  return (
    <svg class="glyph" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
      {[0, 1, 2].map((bar) => (
        <rect
          key={bar}
          x={1 + bar * 4.4}
          y={9 - bar * 3.5}
          width="3.2"
          height={4 + bar * 3.5}
          rx="0.8"
          fill="currentColor"
          opacity={bar < bars ? 1 : 0.25}
        />
      ))}
    </svg>
  );
}

interface SeverityProps {
  readonly level: Level;
  /** As a tinted chip; only critical is ever filled. */
  readonly isChip?: boolean;
}

/** The level in word, shape and colour. */
export function Severity({ level, isChip = false }: SeverityProps): JSX.Element {
  const { words, name } = looks[level];
  const chip = isChip || level === 'critical' ? ' chip' : '';
  return (
    <span class={`severity ${name}${chip}`}>
      <LevelGlyph level={level} />
      {words}
    </span>
  );
}
