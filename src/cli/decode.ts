import { Option, type Command } from 'commander';

import type { TelemetryEvent } from '../event/event.ts';
import { openFile } from '../sources/file.ts';
import { DecodeCounts } from '../runtime/decoding.ts';
import { ecsDocument } from '../runtime/documents.ts';
import type { Failure } from '../base/failure.ts';
import { decodeFile } from '../runtime/merge.ts';
import { EXIT } from './exit.ts';
import { count, utc } from './format.ts';
import { existingFiles, inputDecoder, INPUT_FORMAT_HELP, type InputOptions } from './input.ts';
import { Output } from './output.ts';
import { Progress } from './progress.ts';
import { RefusedRecords } from './refused.ts';
import { painter, printable, shorten } from './terminal-text.ts';

const SUBJECT_WIDTH = 120;

interface DecodeOptions extends InputOptions {
  readonly output: 'table' | 'ndjson';
}

/** `tidegate decode FILE...`: what the decoders understood. */
export function addDecode(program: Command): void {
  program
    .command('decode')
    .description('print each record as the normalised event that the decoders understood')
    .argument(
      '<file...>',
      'telemetry: one record a line, plain, gzip or zstd; - for standard input',
    )
    .option('--input-format <name>', INPUT_FORMAT_HELP, 'auto')
    .addOption(
      new Option('--output <form>', 'ndjson prints one ECS document a line')
        .choices(['table', 'ndjson'])
        .default('table'),
    )
    .option('--data-dir <dir>', 'where refused records are kept', '.tidegate')
    .option('--no-progress', 'no progress line')
    .action(async (files: string[], options: DecodeOptions) => {
      process.exitCode = await decode(files, options);
    });
}

async function decode(files: readonly string[], options: DecodeOptions): Promise<number> {
  const paths = existingFiles(files);
  const decoder = inputDecoder(options.inputFormat);
  const counts = new DecodeCounts();
  const progress = new Progress(options.progress);
  const output = new Output();
  await using refused = new RefusedRecords(options.dataDir);
  const onFailure = (failure: Failure): void => refused.addUnread(failure);
  for (const path of paths) {
    for await (const batch of decodeFile(openFile({ path }), { decoder, onFailure })) {
      for (const decoded of batch) {
        counts.add(decoded);
        refused.take(decoded);
        for (const event of decoded.events) output.line(print(event, options.output));
      }
      progress.clear();
      await output.flush();
      await refused.flush();
      progress.update(() => ({ share: undefined, text: `${count(counts.records)} records` }));
    }
  }
  progress.clear();
  await refused.report(counts);
  return refused.isIncomplete ? EXIT.failed : EXIT.ran;
}

function print(event: TelemetryEvent, form: DecodeOptions['output']): string {
  if (form === 'ndjson') return JSON.stringify(ecsDocument(event));
  const paint = painter(process.stdout);
  const facts = event.process();
  const subject =
    event.get('TargetFilename') ??
    event.get('QueryName') ??
    event.get('DestinationHostname') ??
    event.get('DestinationIp') ??
    event.get('TargetObject') ??
    facts?.commandLine ??
    '';
  const when = paint('dim', utc(event.time));
  const host = printable(event.host);
  const image = printable(facts?.executable ?? '-');
  const what = shorten(printable(String(subject)), SUBJECT_WIDTH);
  return `${when}  ${host}  ${event.activity.padEnd(13)}  ${image}  ${what}`;
}
