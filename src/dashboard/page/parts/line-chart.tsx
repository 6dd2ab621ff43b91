import type { JSX } from 'preact';

interface SparkLineProps {
  readonly values: readonly number[];
  /** The upper end of the scale; the same for all lines that are compared. */
  readonly max: number;
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
  /** Drawn in, where there is one. */
  readonly limit?: number | undefined;
}

/** A small line on a fixed scale; its numbers stand beside it as text. */
export function SparkLine(props: SparkLineProps): JSX.Element {
  const { values, max, label, width = 120, height = 24, limit } = props;
  const step = width / Math.max(1, values.length - 1);
  const y = (value: number): number => height - 1.5 - (Math.min(value, max) / max) * (height - 3);
  const points = values.map((value, place) => `${place * step},${y(value)}`).join(' ');
  return (
    <svg
      class="spark"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {limit !== undefined && (
        <line x1="0" x2={width} y1={y(limit)} y2={y(limit)} class="limit-line" />
      )}
      <polyline points={points} class="spark-line" />
    </svg>
  );
}

interface BarProps {
  readonly value: number;
  readonly max: number;
}

/** How large a number is beside the others of its column; the number stands before it. */
export function Bar({ value, max }: BarProps): JSX.Element {
  return (
    <svg class="bar" width="48" height="6" viewBox="0 0 48 6" aria-hidden="true">
      <rect width="48" height="6" rx="2" class="bar-ground" />
      <rect width={max === 0 ? 0 : (value / max) * 48} height="6" rx="2" class="bar-value" />
    </svg>
  );
}
