import { parseTime, TIME_MAX } from '../../base/date.ts';
import { isJsonObject, ownValue, parseJson } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { FieldEvent } from '../../event/field-event.ts';
import type { DecodeProblem } from '../../event/problem.ts';
import type { RawRecord } from '../../event/record.ts';
import type { FormatFamily, JsonFormat } from '../format.ts';
import { hostOfRecord } from '../host.ts';
import { agentShape, TOOL_ARGUMENTS } from './agent-kinds.ts';
import { isOtlpLogs, otlpLogs } from './otlp.ts';
import type { OtlpLog } from './otlp.ts';
import { agentTelemetrySensor } from './senses.ts';

const NANO_DIGITS = 6;
const NANOS = /^\d{7,22}$/;

const otlpBatch: JsonFormat = {
  recognises: isOtlpLogs,
  decode(object, record, _isPlain, emit) {
    let problem: DecodeProblem | undefined;
    let index = 0;
    // A log record that can not be read does not stop those after it.
    for (const log of otlpLogs(object)) {
      const event = log === undefined ? NO_OBJECT : eventOf(log, record, index++);
      if ('reason' in event) problem ??= event;
      else emit(event);
    }
    return problem;
  },
};

const NO_OBJECT: DecodeProblem = { reason: 'wrong_type', detail: 'a log record' };

function eventOf(log: OtlpLog, record: RawRecord, index: number): FieldEvent | DecodeProblem {
  const time = timeOf(log);
  if (typeof time !== 'number') return time;
  const name = nameOf(log);
  const data = dataOf(log, name);
  const session = ownValue(data, 'session.id');
  const sequence = ownValue(data, 'event.sequence');
  const isNumbered =
    typeof session === 'string' && (typeof sequence === 'string' || typeof sequence === 'number');
  return new FieldEvent({
    shape: agentShape(name, data),
    data,
    whole: data,
    time,
    host: hostOf(data, record),
    sensorId: isNumbered ? `${session}/${name}/${sequence}` : undefined,
    isUnpacked: false,
    isPlain: false,
    record,
    index,
  });
}

// The agent's own clock, else OTLP's. `observedTimeUnixNano` is when the record was exported.
function timeOf({ attributes, timeUnixNano }: OtlpLog): number | DecodeProblem {
  const stamp = ownValue(attributes, 'event.timestamp');
  const told = typeof stamp === 'string' ? parseTime(stamp) : undefined;
  if (told !== undefined) return told;
  if (timeUnixNano === undefined || timeUnixNano === '0') {
    return { reason: 'missing_field', detail: 'timeUnixNano' };
  }
  const ms = NANOS.test(timeUnixNano) ? Number(timeUnixNano.slice(0, -NANO_DIGITS)) : Number.NaN;
  return ms <= TIME_MAX ? ms : { reason: 'invalid_time', detail: timeUnixNano.slice(0, 40) };
}

// `claude_code.tool_result`, `codex.tool_result`, `gemini_cli.tool_call` or without the agent's name.
const PREFIX = /^(?:claude_code|codex|gemini_cli|copilot_chat)\./;

function nameOf({ eventName, attributes, body }: OtlpLog): string {
  for (const name of [eventName, ownValue(attributes, 'event.name'), body]) {
    if (typeof name === 'string' && name !== '') return name.replace(PREFIX, '');
  }
  return '';
}

// What tools were asked to do is JSON in a text, which may be cut.
const PACKED: readonly string[] = ['tool_parameters', 'tool_input', 'arguments', 'function_args'];

function dataOf({ attributes, body }: OtlpLog, name: string): JsonObject {
  const data: Record<string, JsonValue> = { ...attributes, 'event.name': name };
  if (typeof body === 'string') data['body'] ??= body;
  for (const packed of PACKED) {
    const text = ownValue(attributes, packed);
    if (typeof text !== 'string' || !text.startsWith('{')) continue;
    data[TOOL_ARGUMENTS] = text;
    const result = parseJson(text);
    if ('value' in result && isJsonObject(result.value)) data[packed] = result.value;
  }
  return data;
}

function hostOf(data: JsonObject, record: RawRecord): string {
  for (const name of ['host.name', 'host.id', 'service.instance.id']) {
    const host = ownValue(data, name);
    if (typeof host === 'string' && host !== '') return host;
  }
  return hostOfRecord(record);
}

/** What AI agents tell of themselves, in OpenTelemetry's logs. */
export const agentTelemetry: FormatFamily = {
  name: 'otlp',
  description: "AI agents' own telemetry as OTLP logs in JSON (Claude Code, Codex, Gemini CLI)",
  sensors: [agentTelemetrySensor],
  json: [otlpBatch],
};
