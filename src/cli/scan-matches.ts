import type { LinkedDetection } from '../language/ruleset.ts';
import type { TelemetryEvent } from '../event/event.ts';
import { matchRecord } from '../runtime/match.ts';
import type { Failure } from '../base/failure.ts';
import { decodeFile } from '../runtime/merge.ts';
import { openFile } from '../sources/file.ts';
import { EXIT } from './exit.ts';
import { count, utc } from './format.ts';
import { Output } from './output.ts';
import { Progress } from './progress.ts';
import { RefusedRecords } from './refused.ts';
import type { ScanRun } from './scan-run.ts';
import { reportScan } from './scan-summary.ts';
import { printable } from './terminal-text.ts';

/** Prints every (record, rule) pair that matches: file after file, nothing dropped as a duplicate. */
export async function scanMatches(run: ScanRun): Promise<number> {
  const { paths, decoder, detector, options, counts } = run;
  const output = new Output();
  const progress = new Progress(options.progress);
  await using refused = new RefusedRecords(options.dataDir);
  const form = options.output === 'ndjson' ? asNdjson : asText;
  let matches = 0;
  const onFailure = (failure: Failure): void => refused.addUnread(failure);
  for (const path of paths) {
    for await (const batch of decodeFile(openFile({ path }), { decoder, onFailure })) {
      for (const decoded of batch) {
        counts.add(decoded);
        refused.take(decoded);
        matchRecord(detector, decoded, (detection, event) => {
          matches += 1;
          output.line(form(detection, event));
        });
      }
      progress.clear();
      await output.flush();
      await refused.flush();
      progress.update(() => ({
        share: undefined,
        text: `${count(counts.records)} records, ${count(matches)} matches`,
      }));
    }
  }
  progress.clear();
  await reportScan(run, refused, `${count(matches)} matches`);
  return refused.isIncomplete ? EXIT.failed : EXIT.ran;
}

// The form is a contract: other tools compare against it.
function asNdjson(detection: LinkedDetection, event: TelemetryEvent): string {
  const { id, title } = detection.rule;
  const { source, offset } = event.position;
  return JSON.stringify({
    rule: { id, name: title },
    tidegate: { source: { file: source, line: offset } },
    '@timestamp': new Date(event.time).toISOString(),
  });
}

function asText(detection: LinkedDetection, event: TelemetryEvent): string {
  const { source, offset } = event.position;
  const { level, title } = detection.rule;
  return `${utc(event.time)}  ${level.padEnd(13)}  ${printable(title)}  ${printable(source)}:${offset}`;
}
