/**
 * Visitors who open a board once, as it is now and as its events lead to it, each on an instance of the seed's choice, so
 * that what every instance serves is seen.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { Snapshot } from "@/lib/domain/snapshot";
import type { Random } from "@/tests/support/seeded-random";
import type { RunBoard } from "./boards";
import type { Cluster } from "./cluster";
import type { History } from "./history";

const betweenMs = 250;

/** @param boards are asked for anew at each visit. */
export function startPassersBy(
  cluster: Cluster,
  history: History,
  boards: readonly RunBoard[],
  random: Random,
): { close(): Promise<void> } {
  const closing = new AbortController();
  const running = (async () => {
    while (!closing.signal.aborted) {
      const instance = random.whole(0, cluster.members.length - 1);
      const { id: board } = random.pick(boards);
      for (const look of looks) void visit(cluster, history, { instance, board, ...look }).catch(() => undefined);
      await wait(betweenMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  })();
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}

interface Look {
  /** After the board's own. */
  path: string;
  as: string;
}

const looks: readonly Look[] = [
  { path: "", as: "" },
  { path: "/at", as: ", looking back" },
];

async function visit(
  { members }: Cluster,
  history: History,
  { instance, board, path, as }: Look & { instance: number; board: string },
): Promise<void> {
  const askedAt = history.now();
  const reply = await members[instance]?.http.send({ path: `/api/v1/boards/${board}${path}` });
  if (reply?.status !== 200) return;
  const shown: Pick<Snapshot, "entries" | "total" | "stale"> = reply.json();
  history.served({ by: `instance ${instance}${as}`, kind: "visit", board, askedAt }, shown);
}
