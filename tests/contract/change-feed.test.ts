/** The change feed's supervision, with a server that ends streams, keeps them silent, or goes away. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Position } from "@/lib/domain/snapshot";
import type { ChangeFeed } from "@/lib/rank-index/rank-index";
import { changesChannel } from "@/lib/rank-index/redis-scripts";
import { createRedisChangeFeed } from "@/lib/redis/change-feed";
import { createRedis, type RedisClient } from "@/lib/redis/client";
import { type PrivateRedis, startPrivateRedis } from "@/tests/support/private-redis";
import { silentLog } from "@/tests/support/silent-log";
import { startTcpProxy } from "@/tests/support/tcp-proxy";
import { startUpstashServer, type UpstashServer } from "@/tests/support/upstash-server";

const channel = changesChannel("here");
const quick = { canaryEveryMs: 100, canaryWaitMs: 300, backoffMaxMs: 100 };
/** Too seldom to help within a test. */
const seldom = { canaryEveryMs: 60_000, canaryWaitMs: 5_000, backoffMaxMs: 100 };

let server: PrivateRedis;
let upstash: UpstashServer;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  server = await startPrivateRedis();
});
afterAll(() => server?.stop());

beforeEach(async () => {
  upstash = await startUpstashServer({ redisUrl: server.url });
});
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
  await upstash.close();
});

function listen(client: RedisClient, timing: typeof quick) {
  const heard = { changes: [] as [number, Position | null][], gaps: 0 };
  const { logger, storageErrors } = silentLog();
  const options = { installationId: "here", logger, storageErrors, ...timing };
  const feed: ChangeFeed = createRedisChangeFeed({ redis: client.redis, ...options });
  opened.push(client, feed);
  feed.listen({ onChange: (uid, position) => heard.changes.push([uid, position]), onGap: () => heard.gaps++ });
  return { feed, heard, failures: () => storageErrors.counts() };
}

const overRest = () => createRedis({ kind: "rest", url: upstash.url, token: upstash.token });
const overTcp = () => createRedis({ kind: "tcp", url: server.url });
const subscribers = async () => ((await server.command("PUBSUB", "NUMSUB", channel)) as [string, number])[1];
const publish = (message: string) => server.command("PUBLISH", channel, message);

let lastVersion = 0;
/** Publishes until it is heard, as a board in use would. */
async function hearsAgain(heard: ReturnType<typeof listen>["heard"]) {
  await vi.waitFor(
    async () => {
      const version = ++lastVersion;
      await publish(`3:abc:${version}:1`);
      await vi.waitFor(() => expect(heard.changes.at(-1)).toEqual([3, { epoch: "abc", version, revision: 1 }]), {
        timeout: 300,
        interval: 5,
      });
    },
    { timeout: 10_000, interval: 5 },
  );
}

test.each([
  ["TCP", overTcp],
  ["REST", overRest],
])("over %s it hears changes and drops, ignores anything else, and starts with a gap", async (_name, connect) => {
  const { heard } = listen(connect(), seldom);
  await vi.waitFor(async () => expect(await subscribers()).toBe(1));
  await vi.waitFor(() => expect(heard.gaps).toBe(1));
  for (const noise of ["canary:of-another", "", "x", "1:2", "1:ABC:3", '{"uid":1}', "1:abc:1", "1:abc:1e3:1"])
    await publish(noise);
  await publish("5:dropped");
  await publish("6:k2:17:2");
  await vi.waitFor(() =>
    expect(heard.changes).toEqual([
      [5, null],
      [6, { epoch: "k2", version: 17, revision: 2 }],
    ]),
  );
});

test("a canary that Redis refuses is reported with the reason it gave", async () => {
  await server.command("ACL", "SETUSER", "reader", "on", ">secret", "~*", "&*", "+@all", "-publish");
  const url = Object.assign(new URL(server.url), { username: "reader", password: "secret" }).href;
  const { failures, heard } = listen(createRedis({ kind: "tcp", url }), quick);
  await vi.waitFor(() => expect(heard.gaps).toBe(1));
  await vi.waitFor(() => expect(failures()).toMatchObject([{ component: "change feed", kind: "denied" }]));
});

test("a stream that ends without a word is replaced, and a gap is told", async () => {
  const { heard } = listen(overRest(), quick);
  await hearsAgain(heard);
  for (let round = 2; round < 5; round++) {
    const { gaps } = heard;
    upstash.endStreams();
    await vi.waitFor(() => expect(upstash.seen.streams).toBe(round), { timeout: 5_000 });
    await hearsAgain(heard);
    expect(heard.gaps).toBe(gaps + 1);
  }
});

test("a stream that goes silent is replaced until one carries messages again", async () => {
  const { heard } = listen(overRest(), quick);
  await hearsAgain(heard);
  upstash.silent = true;
  await vi.waitFor(() => expect(upstash.seen.streams).toBeGreaterThan(2), { timeout: 5_000 });
  const { gaps } = heard;
  upstash.silent = false;
  await hearsAgain(heard);
  await vi.waitFor(() => expect(heard.gaps).toBeGreaterThan(gaps), { timeout: 5_000 });
  await vi.waitFor(async () => expect(await subscribers()).toBe(1));
});

test("a server that stops answering is heard of again once it is back", async () => {
  const { heard } = listen(overRest(), quick);
  await hearsAgain(heard);
  upstash.hanging = true;
  upstash.endStreams();
  await vi.waitFor(async () => expect(await subscribers()).toBe(0));
  const { gaps } = heard;
  upstash.hanging = false;
  await hearsAgain(heard);
  expect(heard.gaps).toBeGreaterThan(gaps);
});

test("a healthy subscription is kept", async () => {
  const { heard } = listen(overRest(), { ...quick, canaryEveryMs: 20, canaryWaitMs: 5_000 });
  const watcher = overTcp();
  opened.push(watcher);
  const canaries = new Set<string>();
  watcher.redis.subscribe<string>(channel).on("message", ({ message }) => canaries.add(message));
  await vi.waitFor(() => expect(canaries.size).toBeGreaterThan(20), { timeout: 10_000 });
  expect(upstash.seen.streams).toBe(1);
  expect(heard.gaps).toBe(1);
});

test("over TCP a cut subscription is replaced without waiting for a canary", async () => {
  const { heard } = listen(overTcp(), seldom);
  await hearsAgain(heard);
  const { gaps } = heard;
  await server.command("CLIENT", "KILL", "TYPE", "pubsub");
  await vi.waitFor(() => expect(heard.gaps).toBe(gaps + 1));
  await hearsAgain(heard);
});

test("over TCP a subscription that carries nothing any more is replaced", async () => {
  const proxy = await startTcpProxy(Number(new URL(server.url).port));
  const { heard } = listen(createRedis({ kind: "tcp", url: server.url.replace(/\d+$/, String(proxy.port)) }), quick);
  opened.unshift(proxy);
  await hearsAgain(heard);
  const { gaps } = heard;
  proxy.freeze();
  await vi.waitFor(() => expect(heard.gaps).toBeGreaterThan(gaps), { timeout: 10_000 });
  await hearsAgain(heard);
});

test("a listener that throws neither ends the feed nor keeps others from hearing", async () => {
  const { feed, heard } = listen(overTcp(), seldom);
  const later = vi.fn();
  feed.listen({
    onChange() {
      throw new Error("a listener failed");
    },
    onGap: later,
  });
  await hearsAgain(heard);
  expect(later).toHaveBeenCalled();
});

test("once closed it hears nothing and leaves no subscription", async () => {
  for (const connect of [overTcp, overRest]) {
    const { feed, heard } = listen(connect(), quick);
    await hearsAgain(heard);
    await feed.close();
    await vi.waitFor(async () => expect(await subscribers()).toBe(0));
    const count = heard.changes.length;
    await publish("9:abc:1:1");
    expect(heard.changes).toHaveLength(count);
  }
});
