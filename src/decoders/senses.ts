/** What a detector may need to be told of. */
export const abilities = [
  'process_start',
  'parent',
  'file_read',
  'file_write',
  'hash',
  'fqdn',
  'bytes_out',
  'payload',
  'dns',
  'clipboard',
  'signer',
] as const;

/**
 * `parent`: a launch names who started it. `fqdn`: a connection names its peer. `bytes_out`: how much was sent.
 * `payload`: what was run or sent, e.g. a command line. `dns`: names that were looked up. `signer`: who signed
 * a program.
 */
export type Ability = (typeof abilities)[number];

/** How well a sensor sees, and why: the event that shows it, or what keeps it from seeing. */
export interface Sense {
  readonly level: 'full' | 'partial' | 'blind';
  readonly reason: string;
}

/** Every ability of a sensor, so that a missing one is said and not left out. */
export type Senses = Readonly<Record<Ability, Sense>>;

/** Which Sigma log sources a sensor's events have; a rule for another one never sees them. */
export interface ServedLogsources {
  readonly products: readonly string[];
  readonly categories: readonly string[];
  readonly services: readonly string[];
}

/**
 * A sensor, as far as its decoder reads it. A test holds these claims against the fixtures: an ability that is
 * claimed is shown by an event there, and none is shown that is called blind.
 */
export interface Sensor {
  /** `TelemetryEvent.sensor` of its events. */
  readonly name: string;
  readonly title: string;
  readonly serves: ServedLogsources;
  readonly senses: Senses;
}

/** Told with every event that could have it, as the sensor is set up by default. */
export function full(reason: string): Sense {
  return { level: 'full', reason };
}

/** Told in some cases, or when the sensor is set up for it. */
export function partial(reason: string): Sense {
  return { level: 'partial', reason };
}

/** Never told. */
export function blind(reason: string): Sense {
  return { level: 'blind', reason };
}
