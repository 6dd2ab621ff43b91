import type { FileRun } from './files.ts';

/** The results as JUnit XML: a suite a file, a test case a case. */
export function junitXml(runs: readonly FileRun[], nameOf: (file: string) => string): string {
  const cases = runs.flatMap(({ results }) => results);
  const failures = cases.filter(({ passed }) => !passed).length;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="tidegate rules test" tests="${cases.length}" failures="${failures}">`,
  ];
  for (const { file, ms, results } of runs) {
    const name = escaped(nameOf(file));
    const failed = results.filter(({ passed }) => !passed).length;
    const time = (ms / 1000).toFixed(3);
    lines.push(
      `  <testsuite name="${name}" tests="${results.length}" failures="${failed}" time="${time}">`,
    );
    for (const result of results) {
      const open = `    <testcase classname="${name}" name="${escaped(result.name)}"`;
      if (result.passed) {
        lines.push(`${open}/>`);
        continue;
      }
      const where = `${name}:${result.line}`;
      const reasons = escaped(result.reasons.join('\n'));
      lines.push(
        `${open}>`,
        `      <failure message="${escaped(result.reasons[0] ?? '')}">${where}\n${reasons}</failure>`,
        '    </testcase>',
      );
    }
    lines.push('  </testsuite>');
  }
  return `${[...lines, '</testsuites>'].join('\n')}\n`;
}

// XML 1.0 has no place for most control characters, not even escaped.
// eslint-disable-next-line no-control-regex
const NO_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function escaped(text: string): string {
  return text
    .replaceAll(NO_XML, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
