import { setImmediate } from "node:timers/promises";

/** How long viewers and writers of all boards may be kept waiting by it. */
const sliceMs = 6;

/** Does work that gives way now and then, and lets others have their turn in between. */
export async function sliced<T>(work: Generator<void, T>): Promise<T> {
  let until = performance.now() + sliceMs;
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() < until) continue;
    await setImmediate();
    until = performance.now() + sliceMs;
  }
}
