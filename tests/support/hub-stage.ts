/** A hub with viewers on a world of the test's own, by fake timers. */
import { vi } from "vitest";
import type { HubOptions } from "@/lib/live/hub";
import type { FakeSink } from "./fake-sink";
import { World } from "./live-world";

export const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

export async function start(options: HubOptions = {}, viewers = 1) {
  const world = new World({ delay: () => 1 });
  world.post("a", 1);
  const instance = world.instance(options);
  const sinks = Array.from({ length: viewers }, () => instance.watch());
  await wait(300);
  return { world, instance, hub: instance.hub, sinks, sink: sinks[0] as FakeSink };
}

export function good(sinks: readonly FakeSink[]): void {
  for (const { failure } of sinks) if (failure) throw failure;
}
