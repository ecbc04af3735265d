/** A board that fails stops nothing for the others. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { readKeyspace } from "@/db/keyspace";
import { auditIndexes } from "@/lib/leaderboard/audit-indexes";
import type { OutboxSettler } from "@/lib/leaderboard/outbox-settler";
import { ScoreWriter } from "@/lib/leaderboard/score-writer";
import { sweepOutbox } from "@/lib/leaderboard/sweep-outbox";
import { boardKeys } from "@/lib/rank-index/redis-scripts";
import { createRedis, type RedisClient } from "@/lib/redis/client";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { redisUrl } from "@/tests/support/redis";

let api: ApiServer;
let client: RedisClient;

beforeAll(async () => {
  api = await startApi({ background: false });
  client = createRedis({ kind: "tcp", url: redisUrl() });
});

afterAll(async () => {
  await client.close();
  await api.close();
});

/** A board with a score, and its uid. */
async function scoredBoard(): Promise<number> {
  const id = await api.newBoard();
  await api.score(id, { player: "a", score: 1 });
  return (await api.services.liveBoards.get(id)).board.uid;
}

/** Every script on the board's index fails from now on. */
async function spoilIndex(uid: number): Promise<string> {
  const { m } = boardKeys(await readKeyspace(api.services.database.sql), uid);
  await client.redis.set(m, "no hash");
  return m;
}

const failures = () => api.services.storageErrors.counts();

test("the sweep clears the rows of other boards, and those of the failed one once it is mended", async () => {
  const { sql } = api.services.database;
  const uids = [await scoredBoard(), await scoredBoard(), await scoredBoard()];
  const [, failing = 0] = uids;
  const key = await spoilIndex(failing);
  for (const uid of uids) {
    await sql`insert into index_outbox (board_uid, players, leased_until) values (${uid}, '{a}', now())`;
  }
  expect(await sweepOutbox(api.services)).toEqual({ cleared: 2, more: false });
  expect(await sql`select board_uid as uid, attempts from index_outbox`).toEqual([{ uid: failing, attempts: 1 }]);
  expect(failures()).toContainEqual(expect.objectContaining({ component: "outbox sweep" }));
  await client.redis.del(key);
  await sql`update index_outbox set leased_until = now()`;
  expect(await sweepOutbox(api.services)).toEqual({ cleared: 1, more: false });
  expect(await sql`select from index_outbox`).toHaveLength(0);
});

test("the audit deletes the wrong index of another board", async () => {
  const [failing, wrong] = [await scoredBoard(), await scoredBoard()];
  const { index, database } = api.services;
  // The audit brings newer settings to the index, which fails where members are in no set.
  const { z } = boardKeys(await readKeyspace(database.sql), failing);
  await client.redis.set(z, "no set");
  await database.sql`update boards set revision = revision + 1 where uid = ${failing}`;
  await database.sql`update boards set digest = 'of another history' where uid = ${wrong}`;
  const dropped = await auditIndexes(api.services, [failing, wrong]);
  expect([...dropped]).toEqual([wrong]);
  expect(failures()).toContainEqual(expect.objectContaining({ component: "index audit" }));
  expect((await index.states([wrong])).size).toBe(0);
});

test("posters whose reply cannot be made are told so, and the process goes on", async () => {
  const id = await api.newBoard();
  const { board } = await api.services.liveBoards.get(id);
  const settler = { settle: () => Promise.reject(new Error("no settling")) } as unknown as OutboxSettler;
  const writer = new ScoreWriter(api.services, settler);
  const items = [{ player: "a", name: undefined, values: [1] }];
  const posts = [1, 2].map(() => writer.write(board, { items, idempotency: null }));
  for (const post of await Promise.allSettled(posts)) {
    expect(post).toMatchObject({ status: "rejected", reason: { code: "unavailable" } });
  }
  await writer.close();
  expect(failures()).toContainEqual(expect.objectContaining({ component: "score writer", kind: "other" }));
});
