/** What only the rank index in Redis has to withstand: loss, limits, other users of the server, and its absence. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { RedisSettings } from "@/lib/env";
import type { IndexBoard, RankIndex } from "@/lib/rank-index/rank-index";
import { createRedisRankIndex } from "@/lib/rank-index/redis-rank-index";
import { changesChannel } from "@/lib/rank-index/redis-scripts";
import { createRedis, type RedisClient } from "@/lib/redis/client";
import { kindOfFailure } from "@/lib/storage-failure";
import { type PrivateRedis, startPrivateRedis } from "@/tests/support/private-redis";
import { startTcpProxy } from "@/tests/support/tcp-proxy";
import { startUpstashServer, type UpstashServer } from "@/tests/support/upstash-server";
import { batches, source, standing } from "./rank-index-suite";

const board: IndexBoard = { uid: 7, order: "desc", tiebreaks: [], rankStyle: "dense", revision: 1 };

let server: PrivateRedis;
let upstash: UpstashServer;
let index: RankIndex;
let restIndex: RankIndex;
const opened: RedisClient[] = [];

/** Most of these tests are about what is answered, not how fast. */
const patientMs = 10_000;

function open(settings: RedisSettings, timeoutMs?: number, installationId = "here"): RankIndex {
  const client = createRedis(settings, timeoutMs);
  opened.push(client);
  return createRedisRankIndex({ client, installationId, onForeign: () => undefined });
}

const overTcp = (): RedisSettings => ({ kind: "tcp", url: server.url });
const overRest = (): RedisSettings => ({ kind: "rest", url: upstash.url, token: upstash.token });

beforeAll(async () => {
  server = await startPrivateRedis();
});
afterAll(() => server?.stop());

beforeEach(async () => {
  await server.command("FLUSHALL");
  upstash = await startUpstashServer({ redisUrl: server.url });
  index = open(overTcp(), patientMs);
  restIndex = open(overRest(), patientMs);
});
afterEach(async () => {
  for (const client of opened.splice(0)) await client.close();
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
  await index.rebuild(board, source(copy()));
  expect(during).toHaveLength(4 + 1 + 3);
  expect((await keys()).sort()).toEqual(["g", "h", "m", "z"].map((key) => `rungs:here:{7}:${key}`));
  for (const key of await keys()) expect(await server.command("PTTL", key)).toBe(-1);
});

test("a rebuild that lost its lock changes nothing", async () => {
  await index.rebuild(board, batches([standing("a", 1, 1)]));
  async function* copy() {
    yield [standing("b", 1, 1)];
    await server.command("DEL", "rungs:here:{7}:r");
  }
  expect(await index.rebuild(board, source(copy()))).toBeNull();
  expect(await players()).toEqual(["a"]);
});

test("a copy of which a key was evicted while it was made is not swapped in, and leaves nothing behind", async () => {
  await index.rebuild(board, batches([standing("a", 1, 1)]));
  const before = await keys();
  for (const evicted of ["z", "h", "g"]) {
    async function* copy() {
      yield [standing("b", 1, 1), standing("c", 2, 2)];
      yield [standing("d", 3, 3)];
      // Two parts are under way at once; only a third one waits for the first.
      yield [standing("e", 4, 4)];
      const [key = ""] = (await keys()).filter((one) => one.includes(":t:") && one.endsWith(`:${evicted}`));
      expect(await server.command("DEL", key)).toBe(1);
      yield [standing("f", 3, 5)];
    }
    const failed = index.rebuild(board, source(copy()));
    await expect(failed).rejects.toThrow("lost entries while it was built");
    expect(await failed.catch(kindOfFailure)).toBe("lost");
    expect(await players()).toEqual(["a"]);
    expect((await keys()).sort()).toEqual(before.sort());
  }
});

test("a rebuild whose journal was evicted changes nothing", async () => {
  await index.rebuild(board, batches([standing("a", 1, 1)]));
  async function* copy() {
    yield [standing("a", 1, 1)];
    await index.apply(board, [standing("b", 2, 2)], []);
    await server.command("DEL", "rungs:here:{7}:r");
    await index.apply(board, [standing("c", 3, 3)], []);
  }
  expect(await index.rebuild(board, source(copy()))).toBeNull();
  expect(await players()).toEqual(["c", "b", "a"]);
});

test("a failed rebuild leaves only the old index behind", async () => {
  await index.rebuild(board, batches([standing("a", 1, 1)]));
  const before = await keys();
  async function* failing() {
    yield [standing("b", 1, 1)];
    throw new Error("the source failed");
  }
  await expect(index.rebuild(board, source(failing()))).rejects.toThrow("the source failed");
  expect((await keys()).sort()).toEqual(before.sort());
});

test("installations share a Redis without meeting", async () => {
  const elsewhere = open(overTcp(), patientMs, "there");
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
  await vi.waitFor(() => expect(heard).toEqual([`7:${state?.epoch}:1:1`, `7:${state?.epoch}:2:1`, "7:dropped"]));
  await listener.close();
});

/** How long a call took to say that the index is away. */
const refusal = async (call: Promise<unknown>) => {
  const started = performance.now();
  await expect(call).rejects.toMatchObject({ name: "IndexUnavailableError" });
  return performance.now() - started;
};
const aboutASecond = 2_000;
const atOnce = 800;
const answersAgain = (one: RankIndex) => vi.waitFor(() => one.probe(), { timeout: 10_000, interval: 50 });

test("over TCP a hanging Redis is given up within about a second, then at once, until it answers again", async () => {
  await index.rebuild(board, batches([standing("a", 1, 1)]));
  const impatient = open(overTcp());
  await answersAgain(impatient);
  await server.command("CLIENT", "PAUSE", "3000", "ALL");
  expect(await refusal(impatient.page(board, 0, 1))).toBeLessThan(aboutASecond);
  expect(await refusal(impatient.apply(board, [standing("b", 1, 2)], []))).toBeLessThan(atOnce);
  expect(await refusal(impatient.states([7]))).toBeLessThan(atOnce);
  await answersAgain(impatient);
  expect((await players(impatient))?.[0]).toBe("a");
});

test("over REST a hanging server is given up within about a second, then at once, until it answers again", async () => {
  await restIndex.rebuild(board, batches([standing("a", 1, 1)]));
  const impatient = open(overRest());
  upstash.hanging = true;
  expect(await refusal(impatient.page(board, 0, 1))).toBeLessThan(aboutASecond);
  expect(await refusal(impatient.player(board, "a", 1))).toBeLessThan(atOnce);
  upstash.hanging = false;
  await answersAgain(impatient);
  expect(await players(impatient)).toEqual(["a"]);
});

test("a Redis that refuses connections, the token or the password is unavailable at once", async () => {
  const nobody = await startUpstashServer({ redisUrl: server.url });
  await nobody.close();
  const away: RedisSettings[] = [
    { kind: "tcp", url: nobody.url.replace("http", "redis") },
    { kind: "rest", url: nobody.url, token: "t" },
    { kind: "rest", url: upstash.url, token: "not-the-token" },
    { kind: "tcp", url: server.url.replace(/:[^:@]+@/, ":not-the-password@") },
  ];
  for (const settings of away) {
    const missing = open(settings);
    expect(await refusal(missing.page(board, 0, 1))).toBeLessThan(atOnce);
    expect(await refusal(missing.rebuild(board, batches([])))).toBeLessThan(atOnce);
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

test("over TCP a connection whose replies do not come is replaced", async () => {
  await index.rebuild(board, batches([standing("a", 1, 1)]));
  const proxy = await startTcpProxy(Number(new URL(server.url).port));
  const through = open({ kind: "tcp", url: server.url.replace(/\d+$/, String(proxy.port)) });
  await answersAgain(through);
  proxy.freeze();
  expect(await refusal(through.page(board, 0, 1))).toBeLessThan(aboutASecond);
  await answersAgain(through);
  expect(await players(through)).toEqual(["a"]);
  await proxy.close();
});
