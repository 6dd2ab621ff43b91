import type { LogsourcePattern } from '../event/logsource.ts';

/** A text as a Sigma value that means exactly it: no wildcard, no escape is read into it. */
export function plainValue(text: string): string {
  return text.replaceAll(/\\{2,}|\\(?=[*?])/g, (run) => run + run).replaceAll(/[*?]/g, '\\$&');
}

/** A text as a YAML scalar on one line. */
export function yamlText(text: string): string {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text)) return JSON.stringify(text);
  const isPlain =
    /^[A-Za-z/][A-Za-z0-9 _./@+-]*$/.test(text) &&
    !/\s$/.test(text) &&
    !/^(?:true|false|null|yes|no|on|off)$/i.test(text);
  return isPlain ? text : `'${text.replaceAll("'", "''")}'`;
}

/** A key as YAML writes it. */
export function yamlKey(key: string): string {
  return /^[A-Za-z][A-Za-z0-9_.|-]*$/.test(key) ? key : yamlText(key);
}

/** One test of a selection: a field with its modifiers, and the values of which one must fit. */
export interface FieldTest {
  readonly key: string;
  /** In Sigma's notation. */
  readonly values: readonly string[];
}

/** The lines of `field: value`, or of a list below it. */
export function testLines({ key, values }: FieldTest, indent: string): readonly string[] {
  const [only] = values;
  if (values.length === 1 && only !== undefined) {
    return [`${indent}${yamlKey(key)}: ${yamlText(only)}`];
  }
  return [`${indent}${yamlKey(key)}:`, ...values.map((value) => `${indent}  - ${yamlText(value)}`)];
}

/** The lines of `logsource:`. */
export function logsourceLines({
  product,
  category,
  service,
}: LogsourcePattern): readonly string[] {
  const parts = Object.entries({ product, category, service });
  return [
    'logsource:',
    ...parts.flatMap(([key, value]) =>
      value === undefined ? [] : [`  ${key}: ${yamlText(value)}`],
    ),
  ];
}

/** A Sigma filter that takes events out of rules. */
export interface ExclusionFilter {
  readonly title: string;
  readonly description?: string;
  readonly logsource: LogsourcePattern;
  /** Names or ids. */
  readonly rules: readonly string[];
  /** Each selection is an exclusion of its own; its tests must all hold. */
  readonly exclusions: readonly (readonly FieldTest[])[];
}

/** The filter as a Sigma document. */
export function filterYaml(filter: ExclusionFilter): string {
  const names = filter.exclusions.map((_, index) => `known_${String(index + 1)}`);
  return `${[
    `title: ${yamlText(filter.title)}`,
    ...(filter.description === undefined ? [] : [`description: ${yamlText(filter.description)}`]),
    ...logsourceLines(filter.logsource),
    'filter:',
    '  rules:',
    ...filter.rules.map((rule) => `    - ${yamlText(rule)}`),
    ...filter.exclusions.flatMap((tests, index) => [
      `  ${names[index] ?? ''}:`,
      ...tests.flatMap((test) => testLines(test, '    ')),
    ]),
    `  condition: ${names.length === 1 ? 'not known_1' : 'not 1 of known_*'}`,
  ].join('\n')}\n`;
}
