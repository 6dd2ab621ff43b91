/** One rate, with the slowest and the fastest round. */
export interface Rate {
  readonly cpuSeconds: number;
  readonly eventsPerCpuSecond: number;
  readonly eventsPerSecond: number;
  readonly megabytesPerCpuSecond: number;
  readonly nsPerEvent: number;
  readonly eventsPerCpuSecondMin: number;
  readonly eventsPerCpuSecondMax: number;
  /** Next to JSON.parse alone: the median of the rounds' own ratios, so that a busy minute weighs on both. */
  readonly ofParse: number;
}

/** CPU nanoseconds an event by stage; all but `read` add up to the product's. */
export interface Stages {
  /** Reading, decompression, lines: before anything else is measured. */
  readonly read: number;
  readonly decode: number;
  readonly route: number;
  readonly match: number;
  /** Order in event time, trackers, correlations. */
  readonly windows: number;
  readonly alert: number;
}

/** What a bench of one lane found. The names are a contract: other tools read them. */
export interface BenchReport {
  readonly lane: string;
  readonly rounds: number;
  readonly rules: number;
  readonly records: number;
  readonly events: number;
  readonly refused: number;
  /** Of the lines in memory. */
  readonly inputBytes: number;
  /** Decoding and matching without state: median of the rounds. */
  readonly cpuSeconds: number;
  readonly eventsPerCpuSecond: number;
  readonly parseOnly: Rate;
  readonly sigma: Rate;
  readonly product: Rate;
  /** Sigma's rate next to that of JSON.parse alone: the median of the rounds' own ratios. */
  readonly ratio: number;
  /** The product's rate next to Sigma's, in the same way. */
  readonly productRatio: number;
  /** The round that was not counted: compilers and caches cold. */
  readonly coldEventsPerCpuSecond: number;
  readonly stages: Stages;
  readonly matches: number;
  readonly alerts: number;
  /** Of every alert's id and final count. */
  readonly alertsDigest: string;
  /** Peak of the process, its input lines included. */
  readonly rssBytes: number;
  /**
   * What must be done before the first event can be judged: rules read, linked (or opened as a pack) and
   * prepared, lists read, and the program of the first event's log source made.
   */
  readonly loadCpuSeconds: number;
  /** The programs of the input's other log sources, each made when its first event comes. */
  readonly programsCpuSeconds: number;
  /** Not empty if rounds found different things, or others than must be found: then no figure counts. */
  readonly disagreements: readonly string[];
  /** Only if it was asked for. */
  readonly workers?: WorkersReport;
}

/** What a pass gains by several workers. */
export interface Gain {
  /** Time that the workers take in turn, next to the time that they take together: median of the rounds. */
  readonly gain: number;
  readonly gainMin: number;
  readonly gainMax: number;
  /** This gain next to that of JSON.parse alone: the median of the rounds' own ratios. */
  readonly ofParse: number;
  /** The same by the threads' own processor time, which other work on the machine does not lengthen. */
  readonly gainByProcessor: number;
  readonly ofParseByProcessor: number;
}

/** What several workers gain, each with records of its own. */
export interface WorkersReport {
  readonly workers: number;
  readonly rounds: number;
  readonly parse: Gain;
  readonly sigma: Gain;
  readonly product: Gain;
  /** Not empty if workers did not find what one thread found: then no figure counts. */
  readonly disagreements: readonly string[];
}
