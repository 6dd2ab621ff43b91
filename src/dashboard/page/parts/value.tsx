import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { countInWords } from '../../../alert/words.ts';
import { hasHidden, headAndTail, pieces } from '../shown.ts';

interface ValueProps {
  readonly text: string | null | undefined;
  /** Command lines, paths, addresses: in a fixed width, and never reordered. */
  readonly isCode?: boolean;
  /** Longer ones show beginning and end. */
  readonly isCut?: boolean;
}

/**
 * The only way to show a value from telemetry: text nodes in an isolated element, with all that can
 * not be seen made visible.
 */
export function Value({ text, isCode = false, isCut = false }: ValueProps): JSX.Element {
  const [isOpen, setIsOpen] = useState(false);
  if (text === null || text === undefined || text === '') return <span class="quiet">—</span>;
  const parts = isCut && !isOpen ? headAndTail(text) : undefined;
  const name = `v${isCode ? ' code' : ''}${isOpen ? ' open' : ''}`;
  if (parts === undefined) {
    return (
      <span class={name} dir="ltr">
        <Pieces text={text} />
      </span>
    );
  }
  return (
    <span class={name} dir="ltr">
      <Pieces text={parts.head} />{' '}
      <button class="cut" type="button" onClick={() => setIsOpen(true)}>
        + {countInWords(parts.missing)} characters
      </button>{' '}
      <Pieces text={parts.tail} />
    </span>
  );
}

/** The tag of a value with characters that can not be seen. */
export function HiddenTag({ text }: { readonly text: string }): JSX.Element | null {
  return hasHidden(text) ? <span class="tag warn">hidden characters</span> : null;
}

/** Pieces of a value inside an element that isolates them. */
export function Pieces({ text }: { readonly text: string }): JSX.Element {
  return (
    <>
      {pieces(text).map((piece, place) => {
        if (piece.kind === 'text') return piece.text;
        if (piece.kind === 'spaces') {
          return (
            <span class="odd" key={place}>
              {piece.count} spaces
            </span>
          );
        }
        return (
          <span class={piece.kind} key={place}>
            {piece.label}
          </span>
        );
      })}
    </>
  );
}
