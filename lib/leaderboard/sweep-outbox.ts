import { withDeadline } from "@/db/client";
import { findBoardByUid } from "@/db/queries/boards";
import { boardsDue, leaseOutboxRows, type OutboxRow, settleOutbox } from "@/db/queries/outbox";
import { findStandings } from "@/db/queries/standings";
import { eachShard } from "@/lib/rank-index/each-shard";
import { changesAtomicMax } from "@/lib/rank-index/rank-index";
import type { Context } from "./context";
import { followIndex } from "./follow-index";

const rowsPerSweep = 100;
const boardsAtOnce = 4;

/**
 * Repairs what did not get through to the rank index: leases outbox rows nobody is working on, applies the present
 * standings they name, and clears them. Applying twice does no harm. The rows of a board that fails, or whose index is
 * being rebuilt, come back later. Gives the number of rows cleared, and whether more may be due.
 */
export async function sweepOutbox(context: Context): Promise<{ cleared: number; more: boolean }> {
  const { db } = context.database;
  const uids = await writable(context, await withDeadline(boardsDue(db)));
  if (uids.length === 0) return { cleared: 0, more: false };
  const rows = await withDeadline(leaseOutboxRows(db, uids, rowsPerSweep));
  const due = [...groupByBoard(rows)];
  let cleared = 0;
  const work = async () => {
    for (let next = due.pop(); next; next = due.pop()) {
      const rowsCleared = await sweepBoard(context, ...next);
      cleared += rowsCleared;
    }
  };
  await Promise.all(Array.from({ length: boardsAtOnce }, work));
  return { cleared, more: rows.length === rowsPerSweep };
}

/** Every lease makes a row wait longer for the next: none is taken while the board's shard takes no writes. */
async function writable({ index, storageErrors }: Context, due: readonly number[]): Promise<number[]> {
  const found: number[] = [];
  const probing = eachShard(index, due, async (uids, shard) => {
    await index.probe(shard);
    found.push(...uids);
  });
  await probing.catch((error: unknown) => {
    const consequence = "stored scores not brought to the rank index; retried within seconds";
    storageErrors.report({ component: "outbox sweep", error, consequence });
  });
  return found;
}

async function sweepBoard(context: Context, uid: number, rows: readonly OutboxRow[]): Promise<number> {
  try {
    await catchUp(context, uid, rows);
    const ids = rows.map(({ id }) => id);
    await withDeadline(settleOutbox(context.database.sql, ids, []));
    return rows.length;
  } catch (error) {
    const consequence = "stored scores of the board not brought to the rank index; retried within 30 s";
    context.storageErrors.report({ component: "outbox sweep", board: uid, error, consequence });
    return 0;
  }
}

async function catchUp(context: Context, uid: number, rows: readonly OutboxRow[]): Promise<void> {
  const { database, index, onIndexChanged } = context;
  const board = await withDeadline(findBoardByUid(database.db, uid));
  if (!board) {
    await index.drop(uid);
    onIndexChanged(uid, null);
    return;
  }
  const players = [...new Set(rows.flatMap((row) => row.players))];
  for (let i = 0; i < players.length; i += changesAtomicMax) {
    const standings = await withDeadline(findStandings(database.db, uid, players.slice(i, i + changesAtomicMax)));
    await followIndex(context, board, standings, [], []);
  }
  await followIndex(
    context,
    board,
    [],
    [],
    rows.flatMap(({ step }) => step ?? []),
  );
}

function groupByBoard(rows: readonly OutboxRow[]): Map<number, OutboxRow[]> {
  const groups = new Map<number, OutboxRow[]>();
  for (const row of rows) groups.set(row.boardUid, [...(groups.get(row.boardUid) ?? []), row]);
  return groups;
}
