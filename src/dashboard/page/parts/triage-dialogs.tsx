import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { closeReasons, type CloseReason } from '../../api/shapes.ts';
import { Dialog } from './dialog.tsx';

interface CloseProps {
  readonly count: number;
  readonly close: () => void;
  readonly onReason: (reason: CloseReason) => void;
}

/** Why an alert is closed, one key each. */
export function CloseDialog({ count, close, onReason }: CloseProps): JSX.Element {
  const choose = (reason: CloseReason): void => {
    close();
    onReason(reason);
  };
  return (
    <Dialog
      title="Close with a reason"
      close={close}
      name="reasons"
      onKey={(event) => {
        const reason = closeReasons.find(({ key }) => key === event.key.toLowerCase());
        if (reason === undefined) return;
        event.preventDefault();
        choose(reason.name);
      }}
    >
      <h2>{count === 1 ? 'Close: why?' : `Close ${count} alerts: why?`}</h2>
      <ul>
        {closeReasons.map(({ name, key, words }) => (
          <li key={name}>
            <button type="button" class="plain" onClick={() => choose(name)}>
              <kbd>{key.toUpperCase()}</kbd> {words}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

interface TextProps {
  readonly title: string;
  readonly label: string;
  readonly verb: string;
  readonly start: string;
  readonly isLong?: boolean;
  readonly suggestions?: readonly string[];
  readonly close: () => void;
  readonly onText: (text: string) => void;
}

/** Asks for a name or a comment. */
export function TextDialog(props: TextProps): JSX.Element {
  const [text, setText] = useState(props.start);
  const done = (): void => {
    props.close();
    props.onText(text.trim());
  };
  return (
    <Dialog title={props.title} close={props.close} name="ask">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          done();
        }}
      >
        <label>
          <span class="label">{props.label}</span>
          {props.isLong === true ? (
            <textarea
              data-first
              rows={4}
              maxLength={4000}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) done();
              }}
            />
          ) : (
            <input
              type="text"
              data-first
              maxLength={128}
              list="ask-suggestions"
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </label>
        <datalist id="ask-suggestions">
          {props.suggestions?.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <div class="actions">
          <button type="button" onClick={props.close}>
            Cancel
          </button>
          <button type="submit" class="main">
            {props.verb}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
