/** What only the rank index in Redis has to withstand: loss, limits, other users of the server, and its absence. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { IndexBoard, RankIndex } from "@/lib/rank-index/rank-index";
import { createRedisRankIndex } from "@/lib/rank-index/redis-rank-index";
import { changesChannel } from "@/lib/rank-index/redis-scripts";
import { createRedis, type RedisClient } from "@/lib/redis/client";
import { type PrivateRedis, startPrivateRedis } from "@/tests/support/private-redis";
import { startUpstashServer, type UpstashServer } from "@/tests/support/upstash-server";
import { batches, standing } from "./rank-index-suite";

const board: IndexBoard = { uid: 7, order: "desc", tiebreaks: [], rankStyle: "dense", revision: 1 };

let server: PrivateRedis;
let upstash: UpstashServer;
let clients: RedisClient[];
let index: RankIndex;
let restIndex: RankIndex;

beforeAll(async () => {
  server = await startPrivateRedis();
});
afterAll(() => server?.stop());

beforeEach(async () => {
  await server.command("FLUSHALL");
  upstash = await startUpstashServer({ redisUrl: server.url });
  clients = [
    createRedis({ kind: "tcp", url: server.url }),
    createRedis({ kind: "rest", url: upstash.url, token: upstash.token }),
  ];
  [index, restIndex] = clients.map(({ redis }) => createRedisRankIndex({ redis, installationId: "here" })) as [
    RankIndex,
    RankIndex,
  ];
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await upstash.close();
});

const players = async (from = index) => (await from.page(board, 0, 10))?.entries.map(({ player }) => player);
const keys = async () => (await server.command("KEYS", "*")) as string[];

test("an index is missing after FLUSHALL, and after the loss of any one of its keys", async () => {
  const lost = [
    () => server.command("FLUSHALL"),
    ...["z", "h", "m", "g"].map((key) => () => server.command("DEL", `rungs:here:{7}:${key}`)),
  ];
  for (const lose of lost) {
    await index.rebuild(board, batches([standing("a", 1, 1)]));
    expect(await players()).toEqual(["a"]);
    await lose();
    expect(await index.page(board, 0, 10)).toBeNull();
    expect(await index.player(board, "a", 1)).toBeNull();
    expect(await index.apply(board, [standing("b", 2, 2)], ["a"])).toBeNull();
  }
});

test("all that a rebuild writes expires until it is done, and nothing of it after", async () => {
  let during: string[] = [];
  async function* copy() {
    yield [standing("a", 1, 1)];
    await index.apply(board, [standing("b", 2, 2)], []);
    during = await keys();
    for (const key of during.filter((one) => !/:[zhmg]$/.test(one) || one.includes(":t:"))) {
      expect(await server.command("PTTL", key)).toBeGreaterThan(5_000);
    }
    yield [];
  }
  await index.rebuild(board, batches([standing("a", 1, 1)]));
  await index.rebuild(board, copy());
  expect(during).toHaveLength(4 + 2 + 3);
  expect((await keys()).sort()).toEqual(["g", "h", "m", "z"].map((key) => `rungs:here:{7}:${key}`));
  for (const key of await keys()) expect(await server.command("PTTL", key)).toBe(-1);
});

test("a rebuild that lost its lock changes nothing", async () => {
  await index.rebuild(board, batches([standing("a", 1, 1)]));
  async function* copy() {
    yield [standing("b", 1, 1)];
    await server.command("DEL", "rungs:here:{7}:l");
  }
  expect(await index.rebuild(board, copy())).toBeNull();
  expect(await players()).toEqual(["a"]);
});

test("a failed rebuild leaves only the old index behind", async () => {
  await index.rebuild(board, batches([standing("a", 1, 1)]));
  const before = await keys();
  async function* failing() {
    yield [standing("b", 1, 1)];
    throw new Error("the source failed");
  }
  await expect(index.rebuild(board, failing())).rejects.toThrow("the source failed");
  expect((await keys()).sort()).toEqual(before.sort());
});

test("installations share a Redis without meeting", async () => {
  const elsewhere = createRedisRankIndex({ redis: clients[0]?.redis as RedisClient["redis"], installationId: "there" });
  await index.rebuild(board, batches([standing("a", 1, 1)]));
  expect(await elsewhere.page(board, 0, 10)).toBeNull();
  await elsewhere.rebuild(board, batches([standing("z", 1, 1)]));
  await elsewhere.drop(board.uid);
  expect(await players()).toEqual(["a"]);
});

test("a server that forgot the scripts is told them again", async () => {
  await index.rebuild(board, batches([standing("a", 1, 1)]));
  await server.command("SCRIPT", "FLUSH");
  expect(await players()).toEqual(["a"]);
  await server.command("SCRIPT", "FLUSH");
  expect(await players(restIndex)).toEqual(["a"]);
});

test("a thousand changes of the longest ids and names stay below a megabyte a request", async () => {
  await restIndex.rebuild(board, batches([]));
  const long = (i: number, filler: string) => String(i).padEnd(4, "-") + filler.repeat(124);
  const changes = Array.from({ length: 1000 }, (_, i) => ({
    ...standing(long(i, "\u{1F600}"), i, i + 1),
    name: long(i, "\u{1F680}"),
  }));
  const ids = changes.map(({ player }) => player);
  const applied = await restIndex.apply(board, changes, ids);
  expect(applied?.total).toBe(1000);
  expect(applied?.moves.get(ids[999] ?? "")).toEqual({ before: null, after: 1 });
  const states = await restIndex.rebuild(board, batches(changes));
  expect(states?.total).toBe(1000);
  expect(upstash.seen.requestBytesMax).toBeLessThan(1024 * 1024);
});

test("a change is announced even where scripts may not publish", async () => {
  upstash.noPublishInScripts = true;
  const listener = createRedis({ kind: "tcp", url: server.url });
  const heard: string[] = [];
  const subscriber = listener.redis.subscribe<string>(changesChannel("here"));
  await new Promise<void>((resolve) => subscriber.on("subscribe", () => resolve()));
  subscriber.on("message", ({ message }) => heard.push(message));
  const state = await restIndex.rebuild(board, batches([]));
  await restIndex.apply(board, [standing("a", 1, 1)], []);
  await restIndex.drop(board.uid);
  await vi.waitFor(() => expect(heard).toEqual([`7:${state?.epoch}:1`, `7:${state?.epoch}:2`, "7:dropped"]));
  await listener.close();
});

const within = async (call: Promise<unknown>) => {
  const started = performance.now();
  await expect(call).rejects.toMatchObject({ name: "IndexUnavailableError" });
  return performance.now() - started;
};
const answersAgain = (one: RankIndex) => vi.waitFor(() => one.ping(), { timeout: 5_000, interval: 50 });

test("over TCP a hanging Redis is given up within about a second, then at once, until it answers again", async () => {
  await index.rebuild(board, batches([standing("a", 1, 1)]));
  await server.command("CLIENT", "PAUSE", "1500", "ALL");
  expect(await within(index.page(board, 0, 1))).toBeLessThan(1_500);
  expect(await within(index.apply(board, [standing("b", 1, 2)], []))).toBeLessThan(100);
  expect(await within(index.states([7]))).toBeLessThan(100);
  await answersAgain(index);
  expect((await players())?.[0]).toBe("a");
});

test("over REST a hanging server is given up within about a second, then at once, until it answers again", async () => {
  await restIndex.rebuild(board, batches([standing("a", 1, 1)]));
  upstash.hanging = true;
  expect(await within(restIndex.page(board, 0, 1))).toBeLessThan(1_500);
  expect(await within(restIndex.player(board, "a", 1))).toBeLessThan(100);
  upstash.hanging = false;
  await answersAgain(restIndex);
  expect(await players(restIndex)).toEqual(["a"]);
});

test("a Redis that refuses connections, or the token, is unavailable at once", async () => {
  const nobody = await startUpstashServer({ redisUrl: server.url });
  await nobody.close();
  const away = [
    createRedis({ kind: "tcp", url: nobody.url.replace("http", "redis") }),
    createRedis({ kind: "rest", url: nobody.url, token: "t" }),
    createRedis({ kind: "rest", url: upstash.url, token: "not-the-token" }),
    createRedis({ kind: "tcp", url: server.url.replace(/:[^:@]+@/, ":not-the-password@") }),
  ];
  for (const { redis, close } of away) {
    const missing = createRedisRankIndex({ redis, installationId: "here" });
    expect(await within(missing.page(board, 0, 1))).toBeLessThan(500);
    expect(await within(missing.rebuild(board, batches([])))).toBeLessThan(500);
    await close();
  }
});

test("over TCP a cut connection is replaced by itself", async () => {
  await index.rebuild(board, batches([standing("a", 1, 1)]));
  for (let round = 0; round < 3; round++) {
    await server.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await answersAgain(index);
  }
  expect(await players()).toEqual(["a"]);
});
