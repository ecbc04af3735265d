import type { Sql, TransactionSql } from "@/db/client";

/** Tables of which the primary key is the board and one more column, and that column. */
const keyColumns = { standings: "player", inbox_marks: "player", idempotency_replies: "key" } as const;

/**
 * Rows of a board as `found`, one at most for each key: a fragment for a from clause. Each key is looked up by itself: until
 * a new table has statistics, Postgres reads the whole board for `player = any(...)`.
 */
export function lookUpEach(
  sql: Sql | TransactionSql,
  table: keyof typeof keyColumns,
  uid: number,
  keys: readonly string[],
) {
  return sql`
    unnest(${keys as string[]}::text[]) as asked (id) cross join lateral (
      select * from ${sql(table)} where board_uid = ${uid} and ${sql(keyColumns[table])} = asked.id offset 0
    ) as found`;
}
