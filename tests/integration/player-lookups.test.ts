/** A board's players are looked up one by one before Postgres has statistics of its tables, too. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase, type TransactionSql } from "@/db/client";
import { findMarks, findReached } from "@/db/queries/inbox-marks";
import { readForScores } from "@/db/queries/scores";
import { createTestDatabase } from "@/tests/support/postgres";

const players = Array.from({ length: 30 }, (_, i) => `p${100 * (i + 1)}`);
const keys = players.map((player) => `key-${player}`);
let database: Database;
let uid: number;

beforeAll(async () => {
  database = openDatabase(await createTestDatabase());
  const { sql } = database;
  const tables = ["standings", "inbox_marks", "idempotency_replies"];
  for (const table of tables) await sql.unsafe(`alter table ${table} set (autovacuum_enabled = false)`);
  const [board] = await sql<{ uid: number }[]>`
    insert into boards (id, name, sort_order, operator, decimals, tiebreaks, rank_style, delivery)
    values ('b', 'B', 'desc', 'best', 0, '[]', 'dense', 'polling') returning uid`;
  uid = board?.uid ?? 0;
  await sql`
    insert into standings (board_uid, player, name, score, reached, seq)
    select ${uid}, 'p' || i, 'P', i, i, i from generate_series(1, 5000) as i`;
  await sql`
    insert into inbox_marks (board_uid, player, rank_style, rank, position, reached, ahead, edge)
    select ${uid}, 'p' || i, 'dense', i, i, i, '{}', '{}' from generate_series(1, 5000) as i`;
  await sql`
    insert into idempotency_replies (board_uid, key, fingerprint, reply)
    select ${uid}, 'key-p' || i, '', '' from generate_series(1, 5000) as i`;
});
afterAll(() => database?.close());

/** The rows and index entries of a table that Postgres looked at for a read. */
async function rowsRead(table: string, read: (tx: TransactionSql) => Promise<unknown>): Promise<number> {
  return database.sql.begin(async (tx) => {
    const before = await countRows(tx, table);
    await read(tx);
    return (await countRows(tx, table)) - before;
  });
}

async function countRows(tx: TransactionSql, table: string): Promise<number> {
  const [row] = await tx<{ rows: number }[]>`
    select sum(pg_stat_get_xact_tuples_returned(relation))::int as rows from (
      select indexrelid as relation from pg_index where indrelid = ${table}::text::regclass
      union all select ${table}::text::regclass
    ) as relations`;
  return row?.rows ?? Number.NaN;
}

type Read = (tx: TransactionSql) => Promise<unknown>;

test.each<{ what: string; table: string; read: Read }>([
  { what: "standings before a write", table: "standings", read: (tx) => readForScores(tx, uid, players, []) },
  { what: "stored replies", table: "idempotency_replies", read: (tx) => readForScores(tx, uid, [], keys) },
  { what: "marks of the inbox", table: "inbox_marks", read: (tx) => findMarks(tx, uid, players) },
  { what: "present values", table: "standings", read: (tx) => findReached(tx, uid, players) },
])("$what of 30 players of 5,000 take 30 rows", async ({ table, read }) => {
  // Postgres plans a prepared statement for all parameters from the sixth time on.
  for (let time = 1; time <= 8; time++) {
    const rows = await rowsRead(table, read);
    expect(rows).toBeGreaterThanOrEqual(players.length);
    expect(rows).toBeLessThanOrEqual(2 * players.length);
  }
});
