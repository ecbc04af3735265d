/** A player's page, as far as the inbox goes: shows each moment once, by the browser's own ledger, and acknowledges it. */
import { setTimeout as wait } from "node:timers/promises";
import { ShownMoments } from "@/app/_hooks/shown-moments";
import type { Inbox } from "@/lib/domain/moments";
import { runBoards } from "./boards";
import type { Cluster } from "./cluster";
import type { History } from "./history";
import type { Writers } from "./writers";

export interface InboxReader {
  close(): void;
}

interface ReaderOptions {
  board: string;
  player: string;
  token: string;
  cluster: Cluster;
  history: History;
}

/** Two to whom much happens by their own scores, and two to whom others do it. */
export const watchedPlayers = ["p1", "p2", "p30", "p60"];

/** In the middle of what others get, and told from all of that. */
const firstScores = [60_000_000, 80_000_000, 100_000_000, 120_000_000];
const pollMs = 1_000;
const mintAttemptsMax = 20;
/** A page with nowhere to keep anything but its own memory. */
const alone = { update: async () => Promise.reject(new Error("nothing can be kept")), now: Date.now };

/** From now on the watched players are watched, each on every board, where a first score lets them stand at once. */
export async function startInboxReaders(cluster: Cluster, history: History, writers: Writers): Promise<InboxReader[]> {
  const readers: InboxReader[] = [];
  for (const [i, player] of watchedPlayers.entries()) {
    await Promise.all(
      runBoards.map((board) => {
        const tiebreaks = Array.from({ length: board.tiebreaks }, () => 0);
        return writers.post(board, [{ player, score: firstScores[i] ?? 0, tiebreaks }]);
      }),
    );
    const token = await mintToken(cluster, player);
    history.add({ type: "watched", player });
    for (const { id } of runBoards) readers.push(startInboxReader({ board: id, player, token, cluster, history }));
  }
  return readers;
}

function startInboxReader({ board, player, token, cluster, history }: ReaderOptions): InboxReader {
  const path = `/api/v1/boards/${board}/players/${player}/inbox`;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const ledger = new ShownMoments(board, player, "reader", alone);
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function read(): Promise<void> {
    try {
      const reply = await cluster.http.send({ path: `${path}?limit=200`, headers });
      if (reply.status === 200 && !closed) await show(reply.json() as Inbox);
    } catch {
      // Asked again soon; what was not acknowledged comes again.
    }
    if (!closed) timer = setTimeout(() => void read(), pollMs);
  }

  async function show({ items }: Inbox): Promise<void> {
    const { mine } = await ledger.claim(items, items.length);
    for (const { id, kind, data } of mine) history.add({ type: "shown", board, player, id, kind, rank: data.rank });
    await ledger.markShown(mine);
    if (items.length === 0) return;
    const body = JSON.stringify({ ids: items.map(({ id }) => id) });
    await cluster.http.send({ method: "POST", path: `${path}/ack`, headers, body });
  }

  void read();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

async function mintToken(cluster: Cluster, player: string): Promise<string> {
  const headers = { authorization: cluster.authorization, "content-type": "application/json" };
  for (let attempt = 1; ; attempt++) {
    const call = { method: "POST", path: `/api/v1/players/${player}/token`, headers, body: "{}" };
    const reply = await cluster.http.send(call).catch(() => undefined);
    if (reply?.status === 201) return reply.json().token as string;
    if (attempt === mintAttemptsMax) throw new Error(`no token for ${player}: ${reply?.status} ${reply?.text}`);
    await wait(pollMs);
  }
}
