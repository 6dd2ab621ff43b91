import type { LinkedDetection } from '../language/ruleset.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { Decoded } from './decoding.ts';
import type { Detector } from './detector.ts';

/**
 * Every (record, rule) pair that matches, without windows, suppression or deduplication: trackers learn in the
 * order of the file, and a record with several events names a rule once.
 */
export function matchRecord(
  detector: Detector,
  decoded: Decoded,
  hit: (detection: LinkedDetection, event: TelemetryEvent) => void,
): void {
  const { matcher } = detector;
  // What trackers learn is of use to rules that read it, and to nothing else here.
  const trackers = matcher.hasOrdered ? detector.enrichments.trackers : [];
  const seen = new Set<string>();
  for (const event of decoded.events) {
    const report = (detection: LinkedDetection): void => {
      if (seen.has(detection.rule.id)) return;
      seen.add(detection.rule.id);
      hit(detection, event);
    };
    matcher.match(event, 'arrival', report);
    for (const tracker of trackers) if (tracker.feeds(event)) tracker.observe(event);
    if (!matcher.waits(event.logsource)) continue;
    for (const tracker of trackers) tracker.enrich(event);
    matcher.match(event, 'ordered', report);
  }
}
