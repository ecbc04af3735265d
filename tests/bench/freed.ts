import { setTimeout } from "node:timers/promises";

interface InfoClient {
  info(section: string): Promise<string>;
}

/** Waits until Redis has freed what was unlinked, which it does on the side: for a million members about a second. */
export async function freed(redis: InfoClient): Promise<void> {
  while (!/lazyfree_pending_objects:0\b/.test(await redis.info("memory"))) await setTimeout(20);
}
