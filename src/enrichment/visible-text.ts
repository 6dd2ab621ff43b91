import type { TelemetryEvent } from '../event/event.ts';

// A command line is at most 2 MiB on Linux; what is longer is cut, and its head still tells of a payload.
const TEXT_LENGTH_MAX = 1_048_576;

/**
 * The text that the event itself brings: the command line of a launch, a script block, what an agent says that it ran
 * or wrote, the body or else the address of a request. Not the command line that other events repeat of their process,
 * which would be counted with each of them.
 */
export function visibleText(event: TelemetryEvent): string | undefined {
  return carrier(event)?.slice(0, TEXT_LENGTH_MAX);
}

function carrier(event: TelemetryEvent): string | undefined {
  if (event.activity === 'process_start') {
    return textAt(event, 'CommandLine') ?? event.process()?.commandLine;
  }
  if (event.activity === 'connection') {
    return textAt(event, 'http.request.body.content') ?? textAt(event, 'c-uri');
  }
  if (event.logsource.product === 'ai_agent') {
    return textAt(event, 'CommandLine') ?? textAt(event, 'content');
  }
  return event.activity === 'other' ? textAt(event, 'ScriptBlockText') : undefined;
}

function textAt(event: TelemetryEvent, field: string): string | undefined {
  const value = event.get(field);
  return typeof value === 'string' ? value : undefined;
}
