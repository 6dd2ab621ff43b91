import type { Finding, RuleMatch } from '../runtime/scan/finding.ts';
import { count } from './format.ts';
import { Output } from './output.ts';
import { runScan, type ScanRun } from './scan-run.ts';
import { printable } from './terminal-text.ts';
import { utc } from './format.ts';

/** Prints every (record, rule) pair that matches: file after file, nothing dropped as a duplicate. */
export async function scanMatches(run: ScanRun): Promise<number> {
  const output = new Output();
  const form = run.options.output === 'ndjson' ? asNdjson : asText;
  let matches = 0;
  return runScan(run, {
    output,
    noun: 'match',
    onFinding: (finding: Finding) => {
      if (finding.kind !== 'match') return;
      matches += 1;
      output.line(form(finding.match));
    },
    onEnd: () => `${count(matches)} matches`,
  });
}

// The form is a contract: other tools compare against it.
function asNdjson({ ruleId, title, source, line, time }: RuleMatch): string {
  return JSON.stringify({
    rule: { id: ruleId, name: title },
    tidegate: { source: { file: source, line } },
    '@timestamp': new Date(time).toISOString(),
  });
}

function asText({ title, level, source, line, time }: RuleMatch): string {
  return `${utc(time)}  ${level.padEnd(13)}  ${printable(title)}  ${printable(source)}:${line}`;
}
