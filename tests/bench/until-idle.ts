import { setTimeout } from "node:timers/promises";
import type { Contender } from "./contenders";
import { cpuSeconds } from "./cpu";

const shareMax = 0.05;
const lookMs = 500;
const patienceMs = 30_000;

/** Waits until a contender rests: Next goes on loading pages for some seconds after the first request is answered. */
export async function untilIdle({ pids }: Contender): Promise<void> {
  for (const until = performance.now() + patienceMs; performance.now() < until; ) {
    const before = cpuSeconds(...pids) ?? 0;
    await setTimeout(lookMs);
    if (((cpuSeconds(...pids) ?? 0) - before) * 1000 < shareMax * lookMs) return;
  }
}
