import type { Scalar } from '../event/event.ts';
import type { CorrelationRule } from '../language/tree.ts';
import type { RuleOnEvent } from '../workbench/explain/explain.ts';
import type { Explained } from '../workbench/explain/expression.ts';
import type { WindowMoment } from '../workbench/explain/windows.ts';
import { count } from './format.ts';
import { painter, printable, shorten } from './terminal-text.ts';

const VALUE_WIDTH = 70;
const TEXT_WIDTH = 60;
/** So many alternatives of a list are shown; of longer lists only those that held. */
const ALTERNATIVES_MAX = 6;

/** What one rule says of one event, selection by selection, value by value. */
export function ruleLines({ rule, fits, conditions, selections }: RuleOnEvent): readonly string[] {
  const paint = painter(process.stdout);
  const name = printable(rule.rule.name ?? rule.rule.title);
  if (!fits) {
    const { product, category, service } = rule.rule.logsource;
    const asked = [product, category, service].filter((part) => part !== undefined).join(' ');
    return [`  ${mark(false)} ${name}: the event is not of its log source (${printable(asked)})`];
  }
  return [
    ...conditions.map(
      ({ text, held }) => `  ${mark(held)} ${paint('bold', name)}: ${printable(oneLine(text))}`,
    ),
    ...selections.flatMap(({ name: selection, explained }) => [
      `      ${mark(explained.held)} ${printable(selection)}`,
      ...explainedLines(explained, 10),
    ]),
  ];
}

function mark(held: boolean): string {
  const paint = painter(process.stdout);
  return held ? paint('green', '✔') : paint('red', '✘');
}

function explainedLines(explained: Explained, indent: number): readonly string[] {
  const space = ' '.repeat(indent);
  const { kind, held, parts = [] } = explained;
  if (kind === 'test') return [`${space}${mark(held)} ${testInWords(explained)}`];
  if (kind === 'not') {
    return [
      `${space}${mark(held)} not`,
      ...parts.flatMap((part) => explainedLines(part, indent + 4)),
    ];
  }
  if (kind === 'and') return parts.flatMap((part) => explainedLines(part, indent));
  return [...alternatives(explained, space), ...shownParts(explained, indent)];
}

// A list of values under one field is a line; the values that held, or the first few, stand below.
function alternatives({ held, parts = [] }: Explained, space: string): readonly string[] {
  const fitting = parts.filter((part) => part.held).length;
  const [first] = parts;
  if (parts.length === 0) return [`${space}${mark(held)} one of an empty list`];
  const field = sharedField(parts);
  if (field === undefined) return [`${space}${mark(held)} one of ${count(parts.length)}`];
  const found = `${count(fitting)} of ${count(parts.length)} values fit`;
  return [`${space}${mark(held)} ${printable(field)}: ${found}${hadInWords(first)}`];
}

function shownParts({ parts = [] }: Explained, indent: number): readonly string[] {
  const shown = parts.length <= ALTERNATIVES_MAX ? parts : parts.filter((part) => part.held);
  const isList = sharedField(parts) !== undefined;
  return shown
    .slice(0, ALTERNATIVES_MAX)
    .flatMap((part) =>
      isList
        ? [`${' '.repeat(indent + 4)}${mark(part.held)} ${clipped(part.text ?? '', TEXT_WIDTH)}`]
        : explainedLines(part, indent + 4),
    );
}

function sharedField(parts: readonly Explained[]): string | undefined {
  const [first] = parts;
  const isShared = parts.every(({ kind, field }) => kind === 'test' && field === first?.field);
  return isShared ? first?.field : undefined;
}

function testInWords(explained: Explained): string {
  const field = explained.field === undefined ? '' : `${printable(explained.field)} `;
  return `${field}${clipped(explained.text ?? '', TEXT_WIDTH)}${hadInWords(explained)}`;
}

function hadInWords(explained: Explained | undefined): string {
  const paint = painter(process.stdout);
  if (explained?.field === undefined) return '';
  const had =
    explained.values === undefined
      ? 'the event has none'
      : explained.values.map((value) => valueInWords(value)).join(', ');
  return `  ${paint('dim', `← ${had}`)}`;
}

function valueInWords(value: Scalar): string {
  return typeof value === 'string' ? `"${clipped(value, VALUE_WIDTH)}"` : String(value);
}

function clipped(text: string, width: number): string {
  return shorten(printable(text), width);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** One line on a window as one event left it. */
export function windowLine(moment: WindowMoment, rule: CorrelationRule): string {
  const paint = painter(process.stdout);
  const time = new Date(moment.time).toISOString().slice(11, 23);
  if (moment.leftOut !== undefined) {
    const why = moment.leftOut === 'group' ? 'a field of its group' : 'the value that is counted';
    return `  ${time}  ${paint('yellow', 'left out')}: the event lacks ${why}`;
  }
  const key = moment.key.map(({ value }) => value ?? '(none)').join('/');
  const value = moment.value === undefined ? '' : `value ${count(moment.value)}, `;
  const state = moment.holds ? paint('green', 'true') : 'false';
  const turn = moment.becameTrue ? paint('bold', '  ← becomes true') : '';
  const asked = conditionInWords(rule);
  return `  ${time}  ${printable(key)}: ${value}${count(moment.entries)} in the window, ${asked}: ${state}${turn}`;
}

/** What a correlation asks, as the rule writes it. */
export function conditionInWords({ correlation }: CorrelationRule): string {
  const { condition } = correlation;
  if (condition.kind === 'expression') return printable(oneLine(condition.text));
  const bounds = condition.bounds.map(({ operator, value }) => `${operator} ${value}`);
  return bounds.length === 0 ? 'all of its rules' : bounds.join(' and ');
}
