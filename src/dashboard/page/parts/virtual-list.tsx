import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Rows drawn above and below what is seen. */
const OVERSCAN = 8;

interface VirtualListProps {
  readonly count: number;
  /** Of every row; an estimate when `isMeasured`. In px. */
  readonly rowHeight: number;
  /** Rows are as high as their text (cards on phones). */
  readonly isMeasured: boolean;
  /** The row under the cursor, which is kept in sight. */
  readonly cursor: number;
  /** Told which rows are drawn. */
  readonly onRange: (from: number, to: number) => void;
  readonly renderRow: (index: number) => JSX.Element;
  readonly children?: JSX.Element | undefined;
}

/** A list of any length of which only the rows in sight are in the page. */
export function VirtualList(props: VirtualListProps): JSX.Element {
  const { count, cursor, onRange, renderRow, children } = props;
  const box = useRef<HTMLDivElement>(null);
  const heights = useRef(new Map<number, number>());
  const [view, setView] = useState({ top: 0, height: 600 });
  const [, redraw] = useState(0);
  const offsets = offsetsOf(props, heights.current);
  const from = Math.max(0, offsets.at(view.top) - OVERSCAN);
  const to = Math.min(count, offsets.at(view.top + view.height) + 1 + OVERSCAN);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const look = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    const watcher = new ResizeObserver(look);
    watcher.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      watcher.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);

  useEffect(() => onRange(from, to), [from, to, onRange]);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || count === 0) return;
    const top = offsets.top(cursor);
    const bottom = offsets.top(cursor + 1);
    if (top < element.scrollTop) element.scrollTop = top;
    else if (bottom > element.scrollTop + element.clientHeight) {
      element.scrollTop = bottom - element.clientHeight;
    }
  }, [cursor]);

  useLayoutEffect(() => {
    if (!props.isMeasured) return;
    let isChanged = false;
    for (const row of box.current?.querySelectorAll<HTMLElement>('[data-index]') ?? []) {
      const index = Number(row.dataset['index']);
      const height = row.offsetHeight;
      if (heights.current.get(index) === height) continue;
      heights.current.set(index, height);
      isChanged = true;
    }
    if (isChanged) redraw((times) => times + 1);
  });

  const rows: JSX.Element[] = [];
  for (let index = from; index < to; index++) {
    rows.push(
      <div
        key={index}
        class="place"
        data-index={index}
        style={{ transform: `translateY(${offsets.top(index)}px)` }}
        role="presentation"
      >
        {renderRow(index)}
      </div>,
    );
  }
  return (
    <div class="scroll" ref={box} role="presentation">
      {children}
      <div class="rows" style={{ height: `${offsets.top(count)}px` }} role="presentation">
        {rows}
      </div>
    </div>
  );
}

interface Offsets {
  /** The upper edge of a row. */
  top(index: number): number;
  /** The row at a height. */
  at(top: number): number;
}

function offsetsOf(
  { count, rowHeight, isMeasured }: VirtualListProps,
  heights: ReadonlyMap<number, number>,
): Offsets {
  if (!isMeasured) {
    return {
      top: (index) => index * rowHeight,
      at: (top) => Math.min(Math.max(0, Math.floor(top / rowHeight)), Math.max(0, count - 1)),
    };
  }
  // Rows that were seen have their own height, the others the estimate.
  const known = [...heights].filter(([index]) => index < count).toSorted(([a], [b]) => a - b);
  const top = (index: number): number => {
    let sum = index * rowHeight;
    for (const [row, height] of known) {
      if (row >= index) break;
      sum += height - rowHeight;
    }
    return sum;
  };
  const at = (height: number): number => {
    let low = 0;
    let high = Math.max(0, count - 1);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (top(middle) <= height) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return { top, at };
}
