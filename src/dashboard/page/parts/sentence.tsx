import type { JSX } from 'preact';

import type { AlertRow } from '../../api/shapes.ts';
import { phrases } from '../emphasis.ts';
import { Pieces } from './value.tsx';

type SentenceProps = Pick<AlertRow, 'sentence' | 'agent' | 'destination' | 'value'>;

/** What happened, in one sentence: the alert itself. */
export function Sentence(props: SentenceProps): JSX.Element {
  return (
    <span class="v" dir="ltr">
      {phrases(props).map(({ text, isBold }, place) =>
        isBold ? (
          <b key={place}>
            <Pieces text={text} />
          </b>
        ) : (
          <Pieces key={place} text={text} />
        ),
      )}
    </span>
  );
}
