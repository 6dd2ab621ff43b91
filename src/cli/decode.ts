import type { Command } from 'commander';

import type { TelemetryEvent } from '../event/event.ts';
import { openFile } from '../sources/file.ts';
import { DecodeCounts, decodeRecord } from '../runtime/decoding.ts';
import { ecsDocument } from '../runtime/documents.ts';
import { EXIT } from './exit.ts';
import { count, utc } from './format.ts';
import { existingFiles, inputDecoder, INPUT_FORMAT_HELP, type InputOptions } from './input.ts';
import { Output } from './output.ts';
import { Progress } from './progress.ts';
import { RefusedRecords } from './refused.ts';
import { tableLines } from './table.ts';
import { painter, printable, shorten } from './terminal-text.ts';

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
    .option('--output <form>', 'table, or ndjson: one ECS document a line', 'table')
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
  for (const path of paths) {
    await using source = openFile({ path });
    for await (const records of source.batches()) {
      for (const record of records) {
        const decoded = decodeRecord(decoder, record);
        counts.add(decoded);
        if (decoded.problem !== undefined) refused.add({ record, problem: decoded.problem });
        for (const event of decoded.events) output.line(print(event, options.output));
      }
      await output.flush();
      await refused.flush();
      progress.update(() => ({ share: undefined, text: `${count(counts.records)} records` }));
    }
  }
  progress.clear();
  await refused.report(counts);
  return EXIT.ran;
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
  const [row] = tableLines(
    [{ title: utc(event.time) }, { title: printable(event.host) }, { title: event.activity }],
    [],
  );
  const image = printable(facts?.executable ?? '-');
  return `${paint('dim', row ?? '')}  ${image}  ${shorten(printable(String(subject)), 120)}`;
}
