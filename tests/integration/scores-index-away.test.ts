import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { readLogs } from "@/db/queries/outbox";
import { auditIndexes } from "@/lib/leaderboard/audit-indexes";
import { commitScores } from "@/lib/leaderboard/commit-scores";
import { deleteBoard } from "@/lib/leaderboard/delete-board";
import { OutboxSettler } from "@/lib/leaderboard/outbox-settler";
import { ScoreWriter } from "@/lib/leaderboard/score-writer";
import { sweepOutbox } from "@/lib/leaderboard/sweep-outbox";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { redisUrl } from "@/tests/support/redis";
import { startTcpProxy, type TcpProxy } from "@/tests/support/tcp-proxy";

let proxy: TcpProxy;
let api: ApiServer;

beforeAll(async () => {
  proxy = await startTcpProxy(redisUrl());
  api = await startApi({ redisUrl: proxy.through(redisUrl()), background: false });
});

afterEach(async () => {
  await proxy.pass();
  await indexAnswers();
});

afterAll(async () => {
  await api.close();
  await proxy.close();
});

async function indexAnswers(): Promise<void> {
  await vi.waitFor(() => api.services.index.probe(), { timeout: 10_000, interval: 50 });
}

/** What the sweep does when nobody else has been working on a row for a while. */
async function sweepAll(): Promise<number> {
  await api.services.database.sql`update index_outbox set leased_until = now() - interval '1 second'`;
  return (await sweepOutbox(api.services)).cleared;
}

async function pending(): Promise<number> {
  return (await api.services.database.sql`select 1 from index_outbox`).length;
}

const read = async (board: string) => (await api.get(`/api/v1/boards/${board}`)).json();

const outages = {
  "refuses connections": () => proxy.refuse(),
  "does not answer": () => proxy.hang(),
};

for (const [what, begin] of Object.entries(outages)) {
  test(`while Redis ${what} scores are accepted without ranks, served from Postgres, and swept in later`, async () => {
    const board = await api.newBoard();
    await api.score(board, { player: "a", score: 1 });
    const { epoch } = await read(board);
    await begin();
    const key = { "idempotency-key": what };
    const reply = await api.score(
      board,
      {
        scores: [
          { player: "a", score: 7 },
          { player: "b", score: 9 },
        ],
      },
      key,
    );
    expect(reply.status).toBe(200);
    expect(reply.json()).toMatchObject({ epoch: null, version: null });
    expect(reply.json().results).toMatchObject([
      { player: "a", status: "applied", score: 7, rank: null, previousRank: null },
      { player: "b", status: "applied", score: 9, rank: null, previousRank: null },
    ]);
    expect(
      (
        await api.score(
          board,
          {
            scores: [
              { player: "a", score: 7 },
              { player: "b", score: 9 },
            ],
          },
          key,
        )
      ).text,
    ).toBe(reply.text);
    await vi.waitFor(
      async () =>
        expect(await read(board)).toMatchObject({ epoch: "pg", stale: true, entries: [{ score: 9 }, { score: 7 }] }),
      { timeout: 5_000 },
    );
    expect(await pending()).toBe(1);

    await proxy.pass();
    await indexAnswers();
    expect(await sweepAll()).toBe(1);
    expect(await pending()).toBe(0);
    const repaired = await vi.waitFor(async () => {
      const present = await read(board);
      expect(present.stale).toBeUndefined();
      return present;
    });
    expect(repaired).toMatchObject({ epoch, total: 2, entries: [{ player: "b" }, { player: "a", score: 7 }] });
    expect((await api.score(board, { player: "c", score: 8 })).json().results).toMatchObject([{ rank: 2 }]);
  });
}

test("an outage, however long, does not put off the repair after it", async () => {
  const board = await api.newBoard();
  await proxy.refuse();
  await api.score(board, { player: "a", score: 1 });
  for (let i = 0; i < 5; i++) expect(await sweepAll()).toBe(0);
  const failed = expect.objectContaining({ component: "outbox sweep", kind: "unreachable", count: 5 });
  expect(api.services.storageErrors.counts()).toContainEqual(failed);
  expect(await api.services.database.sql`select distinct attempts from index_outbox`).toMatchObject([{ attempts: 0 }]);
  await proxy.pass();
  await indexAnswers();
  expect(await sweepAll()).toBe(1);
});

test("an audit finds nothing wrong while scores are coming in from two instances", async () => {
  const board = await api.newBoard({ operator: "incr" });
  await api.score(board, { player: "a", score: 1 });
  const { epoch } = await read(board);
  const { uid } = (await api.services.liveBoards.get(board)).board;
  const other = new ScoreWriter(api.services, new OutboxSettler(api.services));
  const stored = (await api.services.liveBoards.get(board)).board;
  let auditing = true;
  const post = async (i: number) => {
    const items = [{ player: `p${i % 7}`, name: undefined, values: [1] }];
    if (i % 2 === 0) await api.score(board, { player: `p${i % 7}`, score: 1 });
    else await other.write(stored, { items, idempotency: null });
    if (auditing) await post(i);
  };
  const posting = Promise.all(Array.from({ length: 40 }, (_, i) => post(i)));
  for (let i = 0; i < 30; i++) await auditIndexes(api.services, [uid]);
  auditing = false;
  await posting;
  await other.close();
  await vi.waitFor(async () => expect(await pending()).toBe(0));
  await auditIndexes(api.services, [uid]);
  const [truth] = await api.services.database.sql`select last_change as through from boards where uid = ${uid}`;
  expect((await api.services.index.states([uid])).get(uid)).toMatchObject({ epoch, through: truth?.through });
});

test("an index that knows more than Postgres is built anew: Postgres is the truth", async () => {
  const board = await api.newBoard();
  await api.score(board, { player: "a", score: 1 });
  const { uid } = (await api.services.liveBoards.get(board)).board;
  const log = (await readLogs(api.services.database.sql, [uid])).get(uid);
  await api.score(board, { player: "b", score: 2 });
  const { epoch } = await read(board);
  await auditIndexes(api.services, [uid]);
  expect((await read(board)).epoch).toBe(epoch);
  // As after restoring a backup that was made between the two.
  await api.services.database.sql`delete from standings where board_uid = ${uid} and player = 'b'`;
  await api.services.database.sql`
    update boards set last_change = 1, digest = ${log?.digest ?? ""}, players = 1, seq_sum = 1 where uid = ${uid}`;
  await auditIndexes(api.services, [uid]);
  await vi.waitFor(async () => expect((await read(board)).total).toBe(1));
  expect((await read(board)).epoch).not.toBe(epoch);
});

test("Redis that lost everything is rebuilt by the first who asks, under a new epoch", async () => {
  const board = await api.newBoard();
  await api.score(board, { player: "a", score: 1 });
  const before = await read(board);
  const stored = await api.services.liveBoards.get(board);
  await api.services.index.drop(stored.board.uid);
  const reply = await api.score(board, { player: "b", score: 2 });
  expect(reply.json().results).toMatchObject([{ rank: 1, previousRank: null }]);
  const after = await read(board);
  expect(after.epoch).not.toBe(before.epoch);
  expect(after.entries).toMatchObject([{ player: "b" }, { player: "a" }]);
});

test("new settings made while Redis is away reach the index with the sweep", async () => {
  const { authorization } = await api.newKey(["boards:manage"]);
  const board = await api.newBoard();
  await api.score(board, { scores: ["a", "b", "c"].map((player) => ({ player, score: player === "c" ? 1 : 2 })) });
  expect((await read(board)).entries.at(-1).rank).toBe(3);
  await proxy.refuse();
  const changed = await api.call("PATCH", `/api/v1/boards/${board}`, { rankStyle: "dense" }, { authorization });
  expect(changed.status).toBe(200);
  await proxy.pass();
  await indexAnswers();
  expect(await sweepAll()).toBe(1);
  const present = await read(board);
  expect(present.board.rankStyle).toBe("dense");
  expect(present.entries.at(-1).rank).toBe(2);
});

test("a board deleted while Redis is away is gone from the index after the sweep", async () => {
  const { authorization } = await api.newKey(["boards:manage"]);
  const board = await api.newBoard();
  await api.score(board, { player: "a", score: 1 });
  const { uid } = (await api.services.liveBoards.get(board)).board;
  await proxy.refuse();
  const gone = await api.call("DELETE", `/api/v1/boards/${board}`, undefined, { authorization });
  expect(gone.status).toBe(204);
  expect((await api.get(`/api/v1/boards/${board}`)).status).toBe(404);
  await proxy.pass();
  await indexAnswers();
  expect((await api.services.index.states([uid])).size).toBe(1);
  expect(await sweepAll()).toBe(1);
  expect((await api.services.index.states([uid])).size).toBe(0);
});

test("boards that were behind are so no more once the sweep or another instance has brought them their changes", async () => {
  const { lag } = api.services;
  await auditIndexes(api.services, lag.uids());
  expect(lag.size).toBe(0);
  const [board, gone] = [await api.newBoard(), await api.newBoard()];
  for (const id of [board, gone]) await api.score(id, { player: "a", score: 1 });
  await proxy.refuse();
  for (const id of [board, gone]) await api.score(id, { player: "a", score: 2 });
  expect(lag.size).toBe(2);
  await deleteBoard(api.services, gone);
  await proxy.pass();
  await indexAnswers();
  await auditIndexes(api.services, lag.uids());
  expect(lag.size).toBe(1);
  expect(await sweepAll()).toBeGreaterThan(0);
  await auditIndexes(api.services, lag.uids());
  expect(lag.size).toBe(0);
});

test("the sweep applies what an interrupted process left, however often, and only once visibly", async () => {
  const board = await api.newBoard();
  await api.score(board, { player: "a", score: 1 });
  const before = await read(board);
  const { uid } = (await api.services.liveBoards.get(board)).board;
  for (let i = 0; i < 3; i++) {
    await api.services.database.sql`
      insert into index_outbox (board_uid, players, leased_until) values (${uid}, '{a}', now())`;
  }
  expect(await sweepAll()).toBe(3);
  expect((await read(board)).version).toBe(before.version);
});

test("a board that lacks what an instance committed before it was killed is marked as stale once compared", async () => {
  const board = await api.newBoard();
  await api.score(board, { player: "a", score: 1 });
  const { board: settings } = await api.services.liveBoards.get(board);
  const items = [{ player: "b", name: undefined, values: [2] }];
  await commitScores(api.services.database, settings, [{ items, idempotency: null }]);
  await api.services.database.sql`update index_outbox set created_at = created_at - interval '2 seconds'`;
  expect(await read(board)).toMatchObject({ total: 1 });
  await auditIndexes(api.services, [settings.uid]);
  expect(await read(board)).toMatchObject({ stale: true, total: 2, entries: [{ player: "b" }, { player: "a" }] });
  expect(await sweepAll()).toBe(1);
  expect(await read(board)).toMatchObject({ total: 2 });
  expect(await read(board)).not.toHaveProperty("stale");
});
