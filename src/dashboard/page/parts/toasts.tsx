import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import type { Toast } from '../app-state.ts';

interface ToastsProps {
  readonly toasts: readonly Toast[];
  readonly drop: (id: number) => void;
  readonly lifeMs: number;
}

/** What the person did, with a way back; errors stay until they are read. */
export function Toasts({ toasts, drop, lifeMs }: ToastsProps): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <OneToast key={toast.id} toast={toast} drop={drop} lifeMs={lifeMs} />
      ))}
    </div>
  );
}

interface OneToastProps {
  readonly toast: Toast;
  readonly drop: (id: number) => void;
  readonly lifeMs: number;
}

function OneToast({ toast, drop, lifeMs }: OneToastProps): JSX.Element {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const hold = (): void => clearTimeout(timer.current);
  const begin = (): void => {
    hold();
    if (!toast.isError) timer.current = setTimeout(() => drop(toast.id), lifeMs);
  };
  useEffect(() => {
    begin();
    return hold;
  }, []);
  return (
    <div
      class={toast.isError ? 'toast error' : 'toast'}
      onMouseEnter={hold}
      onMouseLeave={begin}
      onFocusCapture={hold}
      onBlurCapture={begin}
    >
      <span>{toast.text}</span>
      {toast.undo !== undefined && (
        <button
          class="link"
          type="button"
          onClick={() => {
            toast.undo?.();
            drop(toast.id);
          }}
        >
          Undo
        </button>
      )}
      <button class="link" type="button" aria-label="Dismiss" onClick={() => drop(toast.id)}>
        ×
      </button>
    </div>
  );
}
