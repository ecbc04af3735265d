/**
 * Deletes what has had its time, a batch at a time: however much there is, each call makes progress and ends soon. Each
 * gives whether there may be more.
 */
import type { PendingQuery, Row } from "postgres";
import type { Sql, TransactionSql } from "@/db/client";

type Queries = Sql | TransactionSql;
type Fragment = PendingQuery<Row[]>;

export const batchRows = 10_000;

const boardTables = ["score_events", "standings", "idempotency_replies", "inbox_items", "inbox_marks"];

/** Erases rows of a board that was deleted, in a turn of one instance. */
export async function eraseDeletedBoards(sqlClient: Sql): Promise<boolean> {
  return sqlClient.begin(async (tx) => {
    const [board] = await tx<{ uid: number }[]>`select uid from deleted_boards limit 1 for update skip locked`;
    if (!board) return false;
    let more = false;
    for (const table of boardTables) {
      if (await deleteBatch(tx, table, tx`board_uid = ${board.uid}`)) more = true;
    }
    if (!more) await tx`delete from deleted_boards where uid = ${board.uid}`;
    return true;
  });
}

export function deleteOldReplies(sqlClient: Sql): Promise<boolean> {
  return deleteBatch(sqlClient, "idempotency_replies", sqlClient`created_at < now() - interval '24 hours'`);
}

/** Deletes items that are too old, and those acknowledged a day ago. */
export async function deleteOldItems(sqlClient: Sql): Promise<boolean> {
  const isOld = sqlClient`created_at < now() - interval '30 days' or acknowledged_at < now() - interval '1 day'`;
  return deleteBatch(sqlClient, "inbox_items", isOld);
}

/** Players whose token was last renewed too long ago. */
export function deleteOldWatches(sqlClient: Sql): Promise<boolean> {
  return deleteBatch(sqlClient, "watched_players", sqlClient`renewed_at < now() - interval '30 days'`);
}

/** Marks of players who are no longer watched. */
export function deleteOldMarks(sqlClient: Sql): Promise<boolean> {
  const isUnwatched = sqlClient`exists (
    select from boards b where b.uid = board_uid and not exists (
      select from watched_players w where w.board in (b.id, '*') and w.player = inbox_marks.player))`;
  return deleteBatch(sqlClient, "inbox_marks", isUnwatched);
}

async function deleteBatch(sqlClient: Queries, table: string, condition: Fragment): Promise<boolean> {
  const { count } = await sqlClient`
    delete from ${sqlClient(table)}
    where ctid = any(array(select ctid from ${sqlClient(table)} where ${condition} limit ${batchRows}))`;
  return count === batchRows;
}
