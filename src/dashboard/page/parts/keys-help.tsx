import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { areLettersOn, switchLetters } from '../keys.ts';
import { Dialog } from './dialog.tsx';

const KEYS: readonly (readonly [string, string])[] = [
  ['j k', 'move'],
  ['Enter, Esc', 'open, back to the same row'],
  ['Space', 'preview'],
  ['x, Shift+j/k, *', 'select, extend, all shown'],
  ['a', 'acknowledge and take'],
  ['c, then a letter', 'close with a reason, move on'],
  ['i, m, u', 'assign, comment, undo'],
  ['/', 'filter'],
  ['.', 'show the news'],
  ['g, then a e r h', 'alerts, agents, rules, health'],
  ['Ctrl K', 'go to, search or act'],
  ['1 … 6', 'sections of the alert page'],
  ['[ ]', 'older, newer in the lineage'],
  ['y, Shift+y', 'copy link, copy as Markdown'],
  ['t', 'theme'],
  ['z', 'times in UTC, or in your zone'],
  ['?', 'this list'],
];

/** All keys, and the switch that turns single letters off. */
export function KeysHelp({ close }: { readonly close: () => void }): JSX.Element {
  const [isOn, setIsOn] = useState(areLettersOn);
  return (
    <Dialog title="Keys" close={close} name="keys-help">
      <h2>Keys</h2>
      <dl>
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={isOn}
          onChange={(event) => {
            switchLetters(event.currentTarget.checked);
            setIsOn(event.currentTarget.checked);
          }}
        />
        Single letters act as keys
      </label>
      <button type="button" onClick={close}>
        Close
      </button>
    </Dialog>
  );
}
