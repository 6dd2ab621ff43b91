/** Counts of what the engine did; part of its state, so that a restored run goes on counting. */
export class Tally {
  events = 0;
  matches = 0;
  late = 0;
  duplicates = 0;
  evicted = 0;
  clockSkewed = 0;
  forced = 0;
  lateAcrossHosts = 0;
  groupMissing = 0;
  valueIgnored = 0;
  unrevived = 0;
  fullest = 0;
}
