const SPACE = ' ';
const TAB = '\t';
const QUOTE = '"';

/** The columns of a line: between spaces or tabs, those with spaces in them in double quotes. */
export function columnsOf(line: string, columnsMax: number): readonly string[] {
  const columns: string[] = [];
  let at = 0;
  while (at < line.length && columns.length < columnsMax) {
    const sign = line[at];
    if (sign === SPACE || sign === TAB) {
      at++;
    } else if (sign === QUOTE) {
      const close = line.indexOf(QUOTE, at + 1);
      const end = close === -1 ? line.length : close;
      columns.push(line.slice(at + 1, end));
      at = end + 1;
    } else {
      const end = endOfColumn(line, at);
      columns.push(line.slice(at, end));
      at = end;
    }
  }
  return columns;
}

function endOfColumn(line: string, start: number): number {
  let at = start;
  while (at < line.length && line[at] !== SPACE && line[at] !== TAB) at++;
  return at;
}

/** The values of a line of CSV, or undefined if a quote is left open. A quote in a value is doubled. */
export function csvValues(line: string, valuesMax: number): readonly string[] | undefined {
  const values: string[] = [];
  let at = 0;
  while (at <= line.length && values.length < valuesMax) {
    if (line[at] !== QUOTE) {
      const comma = line.indexOf(',', at);
      const end = comma === -1 ? line.length : comma;
      values.push(line.slice(at, end));
      at = end + 1;
      continue;
    }
    const close = closingQuote(line, at + 1);
    if (close === -1) return undefined;
    values.push(line.slice(at + 1, close).replaceAll('""', QUOTE));
    at = close + 2;
  }
  return values;
}

function closingQuote(line: string, start: number): number {
  let at = line.indexOf(QUOTE, start);
  while (at !== -1 && line[at + 1] === QUOTE) at = line.indexOf(QUOTE, at + 2);
  return at;
}
