/** Rows that have had their time, more of them than one statement deletes. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { batchRows, deleteOldItems, deleteOldReplies, eraseDeletedBoards } from "@/db/queries/clean-up";
import { deleteBoard } from "@/lib/leaderboard/delete-board";
import { type ApiServer, startApi } from "@/tests/support/api-server";

let api: ApiServer;

beforeAll(async () => {
  api = await startApi({ background: false, redisUrl: null });
});

afterAll(() => api.close());

const count = batchRows + 1;

async function rowsOf(table: string): Promise<number> {
  const { sql } = api.services.database;
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from ${sql(table)}`;
  return row?.count ?? 0;
}

test("a deleted board is erased a batch at a time, and others keep their scores", async () => {
  const [gone, kept] = [await api.newBoard(), await api.newBoard()];
  await api.score(kept, { player: "a", score: 1 });
  const { uid } = (await api.services.liveBoards.get(gone)).board;
  const { sql } = api.services.database;
  await sql`
    insert into score_events (board_uid, seq, player, score, applied)
    select ${uid}, n, 'a', n, true from generate_series(1, ${count}::int) n`;
  await sql`
    insert into standings (board_uid, player, name, score, reached, seq)
    select ${uid}, n, n, n, n, n from generate_series(1, ${count}::int) n`;
  await deleteBoard(api.services, gone);
  expect(await Promise.all(["score_events", "standings"].map(rowsOf))).toEqual([count + 1, count + 1]);
  expect(await eraseDeletedBoards(sql)).toBe(true);
  expect(await Promise.all(["score_events", "standings"].map(rowsOf))).toEqual([2, 2]);
  while (await eraseDeletedBoards(sql));
  expect(await Promise.all(["score_events", "standings", "deleted_boards"].map(rowsOf))).toEqual([1, 1, 0]);
});

test.each([
  ["idempotency_replies", deleteOldReplies],
  ["inbox_items", deleteOldItems],
])("what is too old in %s is deleted a batch at a time, and the rest kept", async (table, deleteOld) => {
  const { sql } = api.services.database;
  const at = sql`case when n = 0 then now() else now() - interval '31 days' end`;
  const numbers = sql`from generate_series(0, ${count}::int) n`;
  if (table === "inbox_items")
    await sql`
      insert into inbox_items (board_uid, player, kind, data, position, created_at)
      select 1, n, 'first', '{}', '', ${at} ${numbers}`;
  else
    await sql`
      insert into idempotency_replies (board_uid, key, fingerprint, reply, created_at)
      select 1, n, '', '', ${at} ${numbers}`;
  expect([await deleteOld(sql), await rowsOf(table)]).toEqual([true, 2]);
  expect([await deleteOld(sql), await rowsOf(table)]).toEqual([false, 1]);
});
