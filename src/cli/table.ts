import { stripVTControlCharacters } from 'node:util';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Lines of a plain table: columns as wide as their widest cell, two blanks apart. Cells may hold colours. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paintTitle: (text: string) => string = (text) => text,
): readonly string[] {
  const widths = columns.map((column, index) =>
    Math.max(visibleWidth(column.title), ...rows.map((row) => visibleWidth(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => pad(cell, widths[index] ?? 0, columns[index]?.align ?? 'left'))
      .join('  ')
      .trimEnd();
  return [paintTitle(line(columns.map((column) => column.title))), ...rows.map((row) => line(row))];
}

function pad(cell: string, width: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - visibleWidth(cell)));
  return align === 'left' ? cell + blanks : blanks + cell;
}

function visibleWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
