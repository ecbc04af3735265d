/**
 * Loaded into a server before anything else (`node --import`): counts the timers that are set. On SIGUSR2 the number is
 * written to the file that TIMER_CENSUS names.
 */
import { writeFileSync } from "node:fs";

const file = process.env.TIMER_CENSUS ?? "";
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
process.on("SIGUSR2", () => writeFileSync(file, String(set.size)));
