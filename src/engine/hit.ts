import type { TelemetryEvent } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
import type { LinkedDetection } from '../language/ruleset.ts';
import type { Hit } from './entry.ts';
import { keepEvent } from './kept.ts';
import type { Matcher } from './matcher.ts';

/** The event that the rule matched, judged by this time, as windows over the rule take it. */
export function hitOf(
  matcher: Matcher,
  detection: LinkedDetection,
  { event, time }: { readonly event: TelemetryEvent; readonly time: EventTime },
): Hit {
  const { rule, alerts } = detection;
  const computed = matcher.computed(detection, event);
  const isSuppressed = rule.suppress !== undefined && alerts;
  return {
    host: event.host,
    kept: keepEvent({ event, time, ruleId: rule.id, computed }),
    matched: isSuppressed ? matcher.matchedSelections(detection, event) : undefined,
    field: (name) => matcher.field(event, name),
  };
}
