import { createRandom, type Random } from '../../src/simulation/prng.ts';

/** One launch of a program, as telemetry. */
export interface Launch {
  readonly host: string;
  readonly time: number;
  readonly line: string;
}

/** When the workload begins. */
export const BASE_TIME: number = Date.UTC(2026, 2, 3);
const HOSTS = 12;
const GAP_MS = 40;

/** Rules of every kind that has state, so that a lost or doubled count shifts what follows. */
export const RULES: string = `title: Tool
id: 0a2ad1f6-3b1c-4a53-8a38-0d2ad7cf3a50
name: tool
logsource: { product: windows, category: process_creation }
detection:
  tool: { Image|endswith: '\\tool.exe' }
  condition: tool
level: informational
---
title: Other
id: 0a2ad1f6-3b1c-4a53-8a38-0d2ad7cf3a51
name: other
logsource: { product: windows, category: process_creation }
detection:
  other: { Image|endswith: '\\other.exe' }
  condition: other
level: informational
---
title: Every Fifth Rare Program
id: 0a2ad1f6-3b1c-4a53-8a38-0d2ad7cf3a52
logsource: { product: windows, category: process_creation }
detection:
  rare: { Image|endswith: '\\rare.exe' }
  condition: rare
level: medium
---
title: Burst of Tools
id: 7bdc9f0e-8a88-4c58-9d5b-77a3a1a6a3a0
correlation:
  { type: event_count, rules: [tool], group-by: [Computer], timespan: 10s, condition: { gte: 4 } }
level: high
---
title: Many Users
id: 7bdc9f0e-8a88-4c58-9d5b-77a3a1a6a3a1
correlation:
  type: value_count
  rules: [tool, other]
  group-by: [Computer]
  timespan: 15s
  condition: { field: User, gte: 4 }
level: medium
---
title: Tool Then Other
id: 7bdc9f0e-8a88-4c58-9d5b-77a3a1a6a3a2
correlation:
  { type: temporal_ordered, rules: [tool, other], group-by: [Computer, User], timespan: 5s }
level: medium
`;

/** Launches on several hosts in the order of time, some 25 a second. */
export function launches(seed: string, count: number): readonly Launch[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => launchAt(random, index));
}

function launchAt(random: Random, index: number): Launch {
  const image = random.pick([
    'tool',
    'tool',
    'other',
    'rare',
    'a',
    'b',
    'c',
    'd',
    'e',
    'f',
    'g',
    'h',
  ]);
  const time = BASE_TIME + index * GAP_MS + random.integer(0, GAP_MS - 1);
  const user = `user-${String(random.integer(1, 6))}`;
  return launch({
    host: `host-${String(random.integer(1, HOSTS))}`,
    time,
    record: index,
    image,
    user,
  });
}

/** One launch as Sysmon writes it. */
export function launch(parts: {
  readonly host: string;
  readonly time: number;
  readonly record: number;
  readonly image: string;
  readonly user: string;
}): Launch {
  const { host, time, record, image, user } = parts;
  const line = JSON.stringify({
    EventID: 1,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Hostname: host,
    RecordNumber: record,
    UtcTime: new Date(time).toISOString().replace('T', ' ').replace('Z', ''),
    ProcessGuid: `{00000000-0000-0000-0000-${record.toString(16).padStart(12, '0')}}`,
    ProcessId: String(1000 + (record % 30_000)),
    Image: `C:\\Program Files\\${image}.exe`,
    CommandLine: `${image}.exe --run ${String(record)}`,
    User: `CORP\\${user}`,
  });
  return { host, time, line };
}

/** The same launches, each arriving up to so much later than it happened. */
export function shuffled(
  all: readonly Launch[],
  random: Random,
  withinMs: number,
): readonly Launch[] {
  return all
    .map((one) => ({ one, arrival: one.time + random.integer(0, withinMs) }))
    .toSorted((first, second) => first.arrival - second.arrival)
    .map(({ one }) => one);
}
