import { useEffect, useRef } from 'preact/hooks';

/** Keys and what they do: `j`, `g a` (one after the other), `ctrl k`, `shift J`. */
export type KeyMap = Readonly<Record<string, (event: KeyboardEvent) => void>>;

const SEQUENCE_MS = 1_200;
const SWITCH = 'tidegate.keys';

/** Single letters can be switched off (WCAG 2.1.4). */
export function areLettersOn(): boolean {
  return window.localStorage.getItem(SWITCH) !== 'off';
}

export function switchLetters(isOn: boolean): void {
  window.localStorage.setItem(SWITCH, isOn ? 'on' : 'off');
}

/** The keys of what is shown, the innermost view last. */
const views: { readonly current: KeyMap }[] = [];
let begunAt = Number.NEGATIVE_INFINITY;

/** Keys of a view while it is shown. They never act in a field, nor behind a dialog. */
export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    views.push(latest);
    return () => void views.splice(views.indexOf(latest), 1);
  }, []);
}

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const name = nameOf(event);
  const isChord = name.startsWith('ctrl ');
  if (!isChord && name !== 'Escape' && (isInField(event) || isDialogOpen())) return;
  if (name.length === 1 && !areLettersOn()) return;
  const isSecond = event.timeStamp - begunAt < SEQUENCE_MS;
  begunAt = name === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
  if (name === 'g') return;
  const whole = isSecond ? `g ${name}` : name;
  const action = views.findLast(({ current }) => Object.hasOwn(current, whole))?.current[whole];
  if (action === undefined) return;
  event.preventDefault();
  action(event);
});

function nameOf({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): string {
  if (ctrlKey || metaKey) return `ctrl ${key.toLowerCase()}`;
  if (key === ' ') return 'Space';
  if (shiftKey && /^(?:[a-z]|Arrow\w+)$/i.test(key)) {
    return `shift ${key.length === 1 ? key.toUpperCase() : key}`;
  }
  return key;
}

function isInField(event: Event): boolean {
  const target = event.target instanceof Element ? event.target : undefined;
  const field = target?.closest('input:not([type=checkbox]), textarea, select');
  return field !== null && field !== undefined;
}

function isDialogOpen(): boolean {
  return document.querySelector('[role=dialog][aria-modal=true]') !== null;
}
