import type { Alert } from '../alert/alert.ts';
import type { Level } from '../language/tree.ts';
import { count, utc } from './format.ts';
import { printable, type Style } from './terminal-text.ts';

const LEVEL_STYLES: Readonly<Record<Level, Style>> = {
  informational: 'dim',
  low: 'blue',
  medium: 'yellow',
  high: ['bold', 'yellow'],
  critical: ['bold', 'white', 'bgRed'],
};

type Paint = (style: Style, text: string) => string;

/** The level as a word of fixed width, coloured. */
export function levelWord(level: Level, paint: Paint): string {
  return paint(LEVEL_STYLES[level], level === 'informational' ? 'info    ' : level.padEnd(8));
}

/**
 * One alert as one line: when, how bad, the sentence, which holds who, what and where, and (where rules are
 * many) the title of its rule.
 */
export function alertLine(alert: Alert, paint: Paint, title = ''): string {
  const { firstSeen, sentence, version } = alert.state;
  const events = version > 1 ? paint('dim', `  ${count(version)} events`) : '';
  const rule = sentence.includes(title) ? '' : paint('dim', `  [${printable(title)}]`);
  return `${utc(firstSeen)}  ${levelWord(alert.level, paint)}  ${printable(sentence)}${events}${rule}`;
}
