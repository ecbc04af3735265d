/** What pages do without one of their safeguards each, and instances while they start. */
import type { Mutant } from "./mutant";

export const pageMutants: readonly Mutant[] = [
  {
    name: "any 404 ends a board",
    fault: "viewer link answered by a stranger",
    patches: [
      {
        file: "app/_hooks/poll-board.ts",
        find: 'isRefused(answer, "board-not-found")',
        replace: '"status" in answer && answer.status === 404',
      },
    ],
  },
  {
    name: "silence for 37 s",
    fault: "viewer link silent",
    patches: [
      {
        file: "app/_hooks/connection-status.ts",
        find: "streamSilenceMaxMs = 12_000",
        replace: "streamSilenceMaxMs = 37_000",
      },
    ],
  },
  {
    name: "unbounded backoff of polls",
    fault: "viewer link answered by a stranger",
    patches: [
      {
        file: "app/_hooks/poll-schedule.ts",
        find: "Math.min(askedMs, jitteredMs(this.#intervalMs))",
        replace: "askedMs",
      },
    ],
  },
  {
    name: "polls of 60 s",
    fault: "viewer link hung",
    patches: [{ file: "app/_hooks/ask.ts", find: "pollTimeoutMs = 5_000", replace: "pollTimeoutMs = 60_000" }],
  },
  {
    name: "503 for streams while starting",
    fault: "instances restarted",
    patches: [
      {
        file: "lib/start/http-server.ts",
        find: 'refuseStream(new NodeSink(response), "starting");',
        replace: "response.writeHead(503).end();",
      },
    ],
  },
];
