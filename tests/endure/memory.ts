/** What a page holds on to, as its browser counts it after it has thrown away all that it can. */
import type { Page } from "playwright";

export interface MemorySample {
  /** Seconds since the watch began. */
  at: number;
  heapBytes: number;
  nodes: number;
  listeners: number;
}

export type Held = keyof Omit<MemorySample, "at">;

export const held: readonly Held[] = ["heapBytes", "nodes", "listeners"];

export async function openMemory(page: Page): Promise<{ sample(at: number): Promise<MemorySample> }> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  return {
    async sample(at) {
      // What finalizers let go of in the first, the second collects.
      await session.send("HeapProfiler.collectGarbage");
      await session.send("HeapProfiler.collectGarbage");
      const { usedSize } = await session.send("Runtime.getHeapUsage");
      const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
      return { at, heapBytes: usedSize, nodes, listeners: jsEventListeners };
    },
  };
}

/**
 * How much of what was held at first is held at the end, 1 for just as much: medians over the minute after the first
 * `warmS` seconds and over the last, since the places shown change in turns. Null where there are not both.
 */
export function growth(samples: readonly MemorySample[], what: Held, warmS: number, endS: number): number | null {
  if (endS - 60 < warmS + 60) return null;
  const within = (from: number, to: number) =>
    samples.filter(({ at }) => at >= from && at < to).map((one) => one[what]);
  const [first, last] = [median(within(warmS, warmS + 60)), median(within(endS - 60, Number.POSITIVE_INFINITY))];
  return first && last ? last / first : null;
}

function median(values: number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
