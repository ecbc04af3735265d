/** Redis away, hanging, or emptied, and instances that died in the middle: what viewers see, and how it ends. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { readKeyspace } from "@/db/keyspace";
import { commitScores } from "@/lib/leaderboard/commit-scores";
import { boardKeys } from "@/lib/rank-index/redis-scripts";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { type PrivateRedis, startPrivateRedis } from "@/tests/support/private-redis";
import { type SseClient, type Streams, streamsOf } from "@/tests/support/sse-client";
import { startTcpProxy, type TcpProxy } from "@/tests/support/tcp-proxy";

let redis: PrivateRedis;
let proxy: TcpProxy;
let api: ApiServer;
let streams: Streams;

beforeEach(async () => {
  redis = await startPrivateRedis();
  proxy = await startTcpProxy(redis.url);
  api = await startApi({ redisUrl: proxy.through(redis.url) });
  streams = streamsOf(api.port);
});

afterEach(async () => {
  streams.close();
  await api.close();
  await proxy.close();
  await redis.stop();
});

async function newBoard(): Promise<string> {
  const board = await api.newBoard({ delivery: "sse" });
  await api.score(board, { scores: Array.from({ length: 120 }, (_, i) => ({ player: `p${i}`, score: i })) });
  return board;
}

const get = async (board: string) => (await api.get(`/api/v1/boards/${board}`)).json();

async function post(board: string, player: string, score: number) {
  const reply = await api.score(board, { player, score });
  expect(reply.status).toBe(200);
  return reply.json();
}

/** The stream shows that the player leads with the score. */
const leads = (stream: SseClient, player: string, score: number, ms: number) =>
  stream.next(() => {
    const [first] = stream.view.snapshot?.entries ?? [];
    return first?.player === player && first.score === score;
  }, ms);

const failures = [
  ["refuses connections", () => proxy.refuse()],
  ["hangs", () => proxy.hang()],
] as const;

test.each(failures)(
  "while Redis %s, scores are taken, polls and streams go on from Postgres, and all is well afterwards",
  async (_, fail) => {
    const board = await newBoard();
    const stream = await streams.watch(board, { query: { player: "p7" } });
    await stream.next("standing");
    const before = stream.view.position;
    await fail();
    const reply = await post(board, "ann", 1_000);
    expect(reply).toMatchObject({ epoch: null, version: null });
    expect(reply.results[0]).toMatchObject({ status: "applied", score: 1_000, rank: null });
    await leads(stream, "ann", 1_000, 10_000);
    expect(stream.view.snapshot).toMatchObject({ epoch: "pg", stale: true, total: 121 });
    await expect
      .poll(async () => get(board), { timeout: 3_000 })
      .toMatchObject({
        epoch: "pg",
        stale: true,
        entries: [{ player: "ann", rank: 1 }, { player: "p119", rank: 2 }, ...Array(98).fill({})],
      });
    expect((await api.get(`/api/v1/boards/${board}/players/p7`)).json()).toMatchObject({
      stale: true,
      entry: { rank: 114 },
    });
    await post(board, "bob", 2_000);
    await leads(stream, "bob", 2_000, 10_000);
    expect(stream.events.at(-1)?.event).toBe("delta");
    expect((await api.get("/readyz")).json()).toMatchObject({ status: "degraded" });
    await proxy.pass();
    await stream.next(({ event, data }) => event === "snapshot" && data.epoch === before.epoch && !data.stale, 15_000);
    await expect.poll(() => stream.view.snapshot?.total, { timeout: 15_000 }).toBe(122);
    expect(stream.view.position.epoch).toBe(before.epoch);
    expect(stream.view.snapshot?.entries.slice(0, 2)).toMatchObject([{ player: "bob" }, { player: "ann" }]);
    // Failures and stale answers of the last ten seconds count, and a probe is kept for two.
    await expect.poll(async () => (await api.get("/readyz")).json().status, { timeout: 15_000 }).toBe("ready");
  },
);

test("an emptied Redis is filled again under a new epoch, and viewers get a snapshot with the right ranks", async () => {
  const board = await newBoard();
  const stream = await streams.watch(board, { query: { player: "p3" } });
  await stream.next("standing");
  const before = { ...stream.view.position, entries: stream.view.snapshot?.entries };
  await redis.command("FLUSHALL");
  const { data } = await stream.next("snapshot", 8_000);
  expect(data.epoch).not.toBe(before.epoch);
  expect(data.stale).toBeUndefined();
  expect(data.entries).toEqual(before.entries);
  expect(await get(board)).toMatchObject({ epoch: data.epoch, total: 120 });
  const reply = await post(board, "p0", 500);
  expect(reply).toMatchObject({ epoch: data.epoch, results: [{ rank: 1, previousRank: 120 }] });
  await leads(stream, "p0", 500, 2_000);
});

test("a score that finds Redis emptied is counted once, with its rank", async () => {
  const board = await api.newBoard({ delivery: "sse", operator: "incr" });
  await api.score(board, {
    scores: [
      { player: "a", score: 5 },
      { player: "b", score: 3 },
    ],
  });
  const stream = await streams.watch(board);
  await stream.next("snapshot");
  await redis.command("FLUSHALL");
  expect((await post(board, "b", 4)).results[0]).toMatchObject({ score: 7, rank: 1 });
  await leads(stream, "b", 7, 2_000);
  expect((await get(board)).entries).toMatchObject([
    { player: "b", score: 7, rank: 1 },
    { player: "a", score: 5, rank: 2 },
  ]);
});

test("a position of the lost index is not taken for one of the new", async () => {
  const board = await newBoard();
  const stream = await streams.watch(board);
  await stream.next("snapshot");
  stream.close();
  await redis.command("FLUSHALL");
  await post(board, "p0", 500);
  const back = await streams.comeBack(board, stream);
  await back.next("snapshot");
  expect(back.view.snapshot?.entries[0]).toMatchObject({ player: "p0", score: 500 });
});

/** Keeps a copy of all that Redis holds now; gives a function that puts it back, as an older dump or replica would. */
async function keepState(): Promise<() => Promise<unknown>> {
  const copy = `for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
    redis.call('COPY', key, ARGV[2] == 'keep' and 'kept:' .. key or string.sub(key, 6), 'REPLACE') end`;
  await redis.command("EVAL", copy, "0", "rungs:*", "keep");
  return () => redis.command("EVAL", copy, "0", "kept:*", "restore");
}

test("a Redis that went back in time is noticed, and nothing it forgot is missing", async () => {
  const board = await newBoard();
  const stream = await streams.watch(board);
  await stream.next("snapshot");
  const goBack = await keepState();
  for (let i = 0; i < 5; i++) await post(board, `lost${i}`, 2_000 + i);
  await leads(stream, "lost4", 2_004, 2_000);
  const { epoch } = stream.view.position;
  await goBack();
  const { data } = await stream.next(({ event, data }) => event === "snapshot" && data.epoch !== epoch, 12_000);
  expect(data).toMatchObject({ total: 125, entries: [{ player: "lost4" }, ...Array(99).fill({})] });
  expect(await get(board)).toMatchObject({ total: 125, epoch: data.epoch });
});

test("a Redis that went back in time is noticed even where newer scores have covered it up", async () => {
  const board = await newBoard();
  const goBack = await keepState();
  for (let i = 0; i < 3; i++) await post(board, `lost${i}`, 2_000 + i);
  const { epoch, version } = await get(board);
  await goBack();
  for (let i = 0; i < 6; i++) await post(board, `new${i}`, 1_000 + i);
  await expect.poll(async () => (await get(board)).version, { timeout: 2_000 }).toBeGreaterThan(version);
  await expect.poll(async () => (await get(board)).epoch, { timeout: 12_000 }).not.toBe(epoch);
  expect(await get(board)).toMatchObject({ total: 129, entries: [{ player: "lost2" }, ...Array(99).fill({})] });
});

test("a viewer with a version that Redis forgot is not taken back, on an instance that never heard of it either", async () => {
  // It writes, and looks for nothing; the one started before it has never been asked for the board.
  const writer = await startApi({
    databaseUrl: api.databaseUrl,
    redisUrl: proxy.through(redis.url),
    background: false,
  });
  const onWriter = streamsOf(writer.port);
  try {
    const board = await writer.newBoard({ delivery: "sse" });
    const score = (player: string, score: number) => writer.score(board, { player, score });
    await score("kept", 1);
    const goBack = await keepState();
    const { version } = (await score("lost", 2)).json();
    const stream = await onWriter.watch(board);
    await stream.reaches(version);
    stream.close();
    await goBack();
    const back = await streams.comeBack(board, stream);
    const { data } = await back.next(({ event }) => event !== "heartbeat");
    expect(data).toMatchObject({ total: 2, entries: [{ player: "lost" }, { player: "kept" }] });
    expect(data.epoch).not.toBe(stream.view.position.epoch);
  } finally {
    onWriter.close();
    await writer.close();
  }
});

test("nobody waits for a long rebuild: Postgres answers until the index is there", async () => {
  const board = await newBoard();
  const stream = await streams.watch(board);
  await stream.next("snapshot");
  const { board: stored, epoch } = await api.services.liveBoards.get(board);
  const lock = (await redis.command("KEYS", `*{${stored.uid}}:m`)) as string[];
  await redis.command("FLUSHALL");
  // Another instance is at it, and takes its time.
  const [held = ""] = lock.map((key) => key.replace(/m$/, "r"));
  await redis.command("HSET", held, "t", "another");
  const asked = performance.now();
  const reply = await post(board, "ann", 1_000);
  expect(reply.results[0]).toMatchObject({ status: "applied", rank: null });
  // It is waited for once, half a second from its start, not by each in turn.
  const askedAgain = performance.now();
  for (let score = 1; score <= 10; score++) await post(board, "ann", 1_000 + score);
  expect(performance.now() - askedAgain).toBeLessThan(4_000);
  const leader = { player: "ann", score: 1_010 };
  await expect
    .poll(() => get(board), { timeout: 5_000 })
    .toMatchObject({ epoch: "pg", stale: true, total: 121, entries: [leader, ...Array(99).fill({})] });
  expect((await api.get(`/api/v1/boards/${board}/players/p7`)).json()).toMatchObject({ stale: true });
  expect(performance.now() - asked).toBeLessThan(10_000);
  await redis.command("DEL", held);
  const { data } = await stream.next(
    ({ event, data }) => event === "snapshot" && !data.stale && data.total === 121,
    8_000,
  );
  expect(data.epoch).not.toBe(epoch);
  expect((await get(board)).epoch).toBe(data.epoch);
});

test("nobody waits while a large board is built anew: its last page is there at once, and the right one in the end", async () => {
  const board = await api.newBoard();
  const { board: stored } = await api.services.liveBoards.get(board);
  const players = 50_000;
  await api.services.database.sql`
    insert into standings (board_uid, player, name, score, reached, seq)
    select ${stored.uid}::int4, 'p' || i, 'Player ' || i, i, i, i from generate_series(1, ${players}::int8) as i`;
  await api.services.database.sql`
    update boards set seq = ${players}, last_change = ${players}, players = ${players},
      seq_sum = (select sum(seq) from standings where board_uid = ${stored.uid})
    where uid = ${stored.uid}`;
  await api.services.index.drop(stored.uid);
  await expect
    .poll(() => get(board), { timeout: 10_000 })
    .toMatchObject({ total: players, epoch: expect.stringMatching(/^(?!pg$)/) });
  const before = await get(board);
  expect(before.entries[0]).toMatchObject({ player: `p${players}`, rank: 1 });
  await redis.command("FLUSHALL");
  // Another instance is at it, and takes its time.
  const lock = boardKeys(await readKeyspace(api.services.database.sql), stored.uid).rebuild;
  await redis.command("HSET", lock, "t", "another");
  await expect.poll(() => get(board), { timeout: 5_000 }).toEqual({ ...before, stale: true });
  expect((await post(board, "ann", players + 1)).results[0]).toMatchObject({ status: "applied", rank: null });
  expect(await get(board)).toEqual({ ...before, stale: true });
  await redis.command("DEL", lock);
  await expect
    .poll(() => get(board), { timeout: 10_000 })
    .toMatchObject({ total: players + 1, entries: [{ player: "ann", rank: 1 }, { rank: 2 }, ...Array(98).fill({})] });
  expect((await get(board)).stale).toBeUndefined();
});

test("what an instance committed before it died comes to the index by the sweep of another", async () => {
  const board = await newBoard();
  const stream = await streams.watch(board);
  await stream.next("snapshot");
  // As a killed instance leaves it: committed, and nobody told.
  const { database, liveBoards } = api.services;
  const items = [{ player: "p5", name: undefined, values: [900] }];
  await commitScores(database, (await liveBoards.get(board)).board, [{ items, idempotency: null }]);
  expect((await get(board)).entries[0]).toMatchObject({ player: "p119" });
  await database.sql`update index_outbox set leased_until = now()`;
  await leads(stream, "p5", 900, 6_000);
  const waiting = async () => (await database.sql`select from index_outbox`).length;
  await expect.poll(waiting, { timeout: 3_000 }).toBe(0);
  expect((await get(board)).entries[0]).toMatchObject({ player: "p5", score: 900, rank: 1 });
});

test("a switch made while Redis is away reaches streams and polls", async () => {
  const board = await newBoard();
  const stream = await streams.watch(board);
  await stream.next("snapshot");
  await proxy.refuse();
  const { authorization } = await api.newKey(["boards:manage"]);
  const change = (settings: object) => api.call("PATCH", `/api/v1/boards/${board}`, settings, { authorization });
  expect((await change({ delivery: "polling" })).status).toBe(200);
  await stream.next("bye", 10_000);
  await stream.ended;
  await expect.poll(async () => (await get(board)).board.delivery, { timeout: 2_000 }).toBe("polling");
  await proxy.pass();
  expect((await change({ delivery: "sse" })).status).toBe(200);
  await expect.poll(async () => (await get(board)).board.delivery, { timeout: 2_000 }).toBe("sse");
  const again = await streams.comeBack(board, stream);
  await again.next("snapshot", 2_000);
});
