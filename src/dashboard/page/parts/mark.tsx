import type { JSX } from 'preact';

/** The product's mark: currents, and the gate that they pass. */
export function Mark(): JSX.Element {
  return (
    <svg class="mark" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <path
        d="M1.5 5.5c3-2 5.5 1.8 8.5 0s5.5-1.8 8.5 0M1.5 10c3-2 5.5 1.8 8.5 0s5.5-1.8 8.5 0M1.5 14.5c3-2 5.5 1.8 8.5 0s5.5-1.8 8.5 0M10 1.5v17"
        fill="none"
        stroke="currentColor"
        stroke-width="1.8"
        stroke-linecap="round"
      />
    </svg>
  );
}
