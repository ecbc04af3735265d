/**
 * Loaded into a server before anything else (`node --import`): counts the timers that are set. On SIGUSR2 it collects
 * garbage, so that what the process holds then is what it needs, and writes a `ProbeReading` to PROBE_FILE.
 */
import { renameSync, writeFileSync } from "node:fs";
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

export interface ProbeReading {
  timers: number;
  /** Bytes of memory that the heap has ready for what may come. */
  heapFree: number;
}

/** Pages that were emptied go back to the system a little later, and what had to be finalised is garbage only then. */
const collections = 3;
const pauseMs = 50;
const file = process.env.PROBE_FILE ?? "";
setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");
const set = new Set<unknown>();
const { setTimeout: nodeSetTimeout, setInterval: nodeSetInterval } = globalThis;
const { clearTimeout: nodeClearTimeout, clearInterval: nodeClearInterval } = globalThis;

type Callback = (...given: unknown[]) => void;

function countedTimeout(callback: Callback, ms?: number, ...given: unknown[]): NodeJS.Timeout {
  const timer = nodeSetTimeout(() => {
    set.delete(timer);
    callback(...given);
  }, ms);
  set.add(timer);
  return timer;
}

function countedInterval(callback: Callback, ms?: number, ...given: unknown[]): NodeJS.Timeout {
  const timer = nodeSetInterval(callback, ms, ...given);
  set.add(timer);
  return timer;
}

Object.assign(globalThis, {
  setTimeout: Object.assign(countedTimeout, nodeSetTimeout),
  setInterval: countedInterval,
  clearTimeout: (timer: NodeJS.Timeout | undefined) => {
    set.delete(timer);
    nodeClearTimeout(timer);
  },
  clearInterval: (timer: NodeJS.Timeout | undefined) => {
    set.delete(timer);
    nodeClearInterval(timer);
  },
});
process.on("SIGUSR2", async () => {
  for (let time = 0; time < collections; time++) {
    collectGarbage();
    await new Promise<void>((resolve) => void nodeSetTimeout(resolve, pauseMs));
  }
  const { total_physical_size: resident, used_heap_size: used } = getHeapStatistics();
  const reading: ProbeReading = { timers: set.size, heapFree: resident - used };
  writeFileSync(`${file}.draft`, JSON.stringify(reading));
  renameSync(`${file}.draft`, file);
});
