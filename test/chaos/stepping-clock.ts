// Loaded before a process: its wall clock is set an hour forth and back again and again, as whoever
// sets it or a virtual machine that wakes up does. Clocks that measure time are not touched.
const RealDate = Date;
const STEP_MS = 3_600_000;
const EVERY_MS = 700;
const steps = [0, STEP_MS, 0, -STEP_MS];
let at = 0;

function now(): number {
  return RealDate.now() + (steps[at % steps.length] ?? 0);
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, self) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, self) as object,
  get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
});

setInterval(() => (at += 1), EVERY_MS).unref();
