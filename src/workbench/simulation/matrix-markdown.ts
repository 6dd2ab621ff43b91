import type { Story } from '../../simulation/story/story.ts';
import type { Matrix, MatrixCell } from './matrix.ts';

const HEAD = `# Detection matrix

Which attacks are found on which sensors, by the bundled rules. Every scenario is played into each sensor's own raw
format, decoded and judged as in production. Made by \`tidegate simulate --matrix --output markdown\`; a test holds this page
against it, so what stands here is what the rules do.

**found**: on every system that the sensor runs on, every alert that must come came, within its window and the
allowed lateness. **·**: the sensor says of itself (\`tidegate sensors\`) that it can not see the deeds.
`;

/** The matrix as a page: attacks, evasions with their known gaps, and honest days. */
export function matrixMarkdown(matrix: Matrix, stories: readonly Story[]): string {
  const columns = [...new Set(matrix.cells.map(({ sensor }) => sensor))];
  const found = stories.filter(({ must }) => must.length > 0);
  const hidden = stories.flatMap((story) => story.missed.map((gap) => ({ story, ...gap })));
  const days = stories.filter(({ kind }) => kind === 'honest');
  return `${[
    HEAD,
    '## Attacks\n',
    ...table(
      ['scenario', ...columns],
      found.filter(({ kind }) => kind === 'attack').map((story) => row(story, columns, matrix)),
    ),
    '\n## Evasions that are found\n',
    ...table(
      ['scenario', ...columns],
      found.filter(({ kind }) => kind === 'evasion').map((story) => row(story, columns, matrix)),
    ),
    '\n## Known gaps\n',
    ...table(
      ['scenario', 'rule', 'what hides it'],
      hidden.map(({ story, rule, gap }) => [title(story), `\`${rule}\``, escaped(gap)]),
    ),
    '\n## Honest days\n',
    'Alerts of medium and above, which must be 0 everywhere; in brackets those of low.\n',
    ...table(
      ['scenario', ...columns],
      days.map((story) => [
        title(story),
        ...columns.map((sensor) => honestText(matrix, story.name, sensor)),
      ]),
    ),
  ].join('\n')}\n`;
}

function row(story: Story, columns: readonly string[], { cells }: Matrix): readonly string[] {
  const cellOf = (sensor: string): MatrixCell | undefined =>
    cells.find((cell) => cell.scenario === story.name && cell.sensor === sensor);
  return [title(story), ...columns.map((sensor) => cellText(cellOf(sensor)))];
}

function cellText(cell: MatrixCell | undefined): string {
  if (cell === undefined || !cell.visible) return '·';
  return cell.found ? 'found' : '**missed**';
}

function honestText({ honest }: Matrix, scenario: string, sensor: string): string {
  const cell = honest.find((each) => each.scenario === scenario && each.sensor === sensor);
  if (cell === undefined) return '·';
  const { alertsLow, alertsMedium } = cell;
  return alertsLow > 0 ? `${String(alertsMedium)} (${String(alertsLow)})` : String(alertsMedium);
}

function title({ name, title: what }: Story): string {
  return `\`${name}\`<br>${escaped(what)}`;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return ['None.'];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
