/** States that last only for as long as something is broken: brought about for real, for as long as a picture takes. */
import { createClient } from "@redis/client";
import type { Page } from "playwright";
import type { Site } from "./site";

export interface PassingState {
  name: string;
  path: string;
  /** All pages are open; gives what puts things in order again. */
  bringAbout(site: Site, pages: readonly Page[]): Promise<() => Promise<void> | void>;
  /** There once a page has noticed. */
  sign: string;
  /** What it then says of its connection, sooner or later. */
  status?: "stale";
}

export const passingStates: readonly PassingState[] = [
  {
    name: "board-removed",
    path: "/boards/doomed",
    sign: "This board has been removed.",
    async bringAbout(site) {
      await site.ask("DELETE", "/api/v1/boards/doomed");
      return () => undefined;
    },
  },
  {
    name: "board-offline",
    // Chromium lets a stream go on that was open when the network was said to be gone; polls it does stop.
    path: "/boards/ties",
    sign: "You are offline.",
    status: "stale",
    async bringAbout(_site, pages) {
      await Promise.all(pages.map((page) => page.context().setOffline(true)));
      return () => undefined;
    },
  },
  {
    name: "board-without-redis",
    path: "/boards/grand-prix",
    sign: "The live ranking is out of reach just now.",
    status: "stale",
    async bringAbout({ redisUrl }) {
      const pid = await redisProcess(redisUrl);
      process.kill(pid, "SIGSTOP");
      return () => void process.kill(pid, "SIGCONT");
    },
  },
  {
    name: "board-unreachable",
    path: "/boards/grand-prix",
    sign: "The server cannot be reached.",
    status: "stale",
    bringAbout: stopServer,
  },
  { name: "front-page-unreachable", path: "/", sign: "Not up to date", bringAbout: stopServer },
];

async function stopServer({ pid }: Site): Promise<() => void> {
  process.kill(pid, "SIGSTOP");
  return () => void process.kill(pid, "SIGCONT");
}

async function redisProcess(url: string): Promise<number> {
  const client = await createClient({ url }).connect();
  const facts = await client.info("server");
  client.destroy();
  return Number(/process_id:(\d+)/.exec(facts)?.[1]);
}
