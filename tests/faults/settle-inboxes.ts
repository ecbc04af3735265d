/** When all else is at rest: the inboxes come to rest, too, and a last post is told to everybody whom it overtakes. */
import { setTimeout as wait } from "node:timers/promises";
import { runBoards } from "./boards";
import type { Cluster } from "./cluster";
import type { History, PostedItem } from "./history";
import { watchedPlayers } from "./inbox-reader";
import { type InboxTruth, readInboxes } from "./inbox-truth";
import { readRankings } from "./truth";
import { limits } from "./violation";
import type { Writers } from "./writers";

const lookMs = 250;
/** For a second item of the same to come, if one does. */
const secondMs = 2_000;
const firstOnAll = { desc: 900_000_000_000_000, asc: 1 };

interface Due {
  board: string;
  player: string;
  rank: number;
  /** The rank by which the player was last judged, once that was by the present values. */
  judged: number | null;
}

export async function settleInboxes(cluster: Cluster, history: History, writers: Writers): Promise<void> {
  const { databaseUrl } = cluster;
  const inboxes = () => readInboxes(databaseUrl, history.now);
  const since = history.now();
  const { dues } = await until(inboxes, databaseUrl, ({ dues, items }) => {
    return dues.every(({ judged, rank }) => judged === rank) && items.every(({ acknowledged }) => acknowledged);
  });
  history.add({ type: "judged", since, players: dues });

  const newest = (await inboxes()).items.at(-1)?.id ?? 0;
  for (const board of runBoards) {
    const tiebreaks = Array.from({ length: board.tiebreaks }, () => 0);
    const item: PostedItem = { player: "p0", score: firstOnAll[board.order], tiebreaks };
    const players = dues.filter((due) => due.board === board.id).map(({ player, rank }) => ({ player, rank }));
    const posted = history.now();
    const key = await writers.post(board, [item]);
    history.add({ type: "overtaken", board: board.id, key, since: posted, newest, players });
  }
  const told = await until(inboxes, databaseUrl, ({ items }) => {
    const passed = items.filter(({ id, kind, acknowledged }) => id > newest && kind === "passed" && acknowledged);
    return dues.every(({ board, player }) => passed.some((one) => one.board === board && one.player === player));
  });
  await wait(secondMs);
  const { items } = await inboxes();
  for (const { id: board } of runBoards) {
    const ranks = told.dues.filter((due) => due.board === board).map(({ player, rank }) => ({ player, rank }));
    history.add({ type: "inbox", board, items: items.filter((item) => item.board === board), ranks });
  }
}

/** Until that is so, or it is too late for it. */
async function until(
  inboxes: () => Promise<InboxTruth>,
  databaseUrl: string,
  isSo: (now: { dues: Due[]; items: InboxTruth["items"] }) => boolean,
): Promise<{ dues: Due[]; items: InboxTruth["items"] }> {
  const end = performance.now() + limits.inbox;
  for (;;) {
    const { items, marks } = await inboxes();
    const now = { items, dues: await duesOf(databaseUrl, marks) };
    if (isSo(now) || performance.now() > end) return now;
    await wait(lookMs);
  }
}

async function duesOf(databaseUrl: string, marks: InboxTruth["marks"]): Promise<Due[]> {
  const rankings = await readRankings(databaseUrl);
  return rankings.flatMap(({ board, entries }) =>
    entries
      .filter(({ player }) => watchedPlayers.includes(player))
      .map(({ player, rank, reached }) => {
        const mark = marks.find((one) => one.board === board && one.player === player);
        return { board, player, rank, judged: mark?.reached === reached ? mark.rank : null };
      }),
  );
}
