/** How word of new inbox items gets from one instance to the others, over each way to Redis. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createInProcessChangeFeed } from "@/lib/rank-index/in-process-change-feed";
import type { ChangeFeed } from "@/lib/rank-index/rank-index";
import { changesChannel } from "@/lib/rank-index/redis-scripts";
import { createRedisChangeFeed } from "@/lib/redis/change-feed";
import { createRedis } from "@/lib/redis/client";
import { type PrivateRedis, startPrivateRedis } from "@/tests/support/private-redis";
import { silentLog } from "@/tests/support/silent-log";
import { startUpstashServer, type UpstashServer } from "@/tests/support/upstash-server";

let server: PrivateRedis;
let upstash: UpstashServer;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  server = await startPrivateRedis();
  upstash = await startUpstashServer({ redisUrl: server.url });
});
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});
afterAll(async () => {
  await upstash?.close();
  await server?.stop();
});

function listen(feed: ChangeFeed) {
  const heard = new Map<string, number>();
  const changes: number[] = [];
  opened.push(feed);
  feed.listen({
    onChange: (uid) => changes.push(uid),
    onGap: () => undefined,
    onInbox: (uid, newest) => {
      for (const [player, id] of newest) heard.set(`${uid} ${player}`, id);
    },
  });
  return { feed, heard, changes };
}

const transports = {
  TCP: () => createRedis({ kind: "tcp", url: server.url }),
  REST: () => createRedis({ kind: "rest", url: upstash.url, token: upstash.token }),
};

function overRedis(transport: keyof typeof transports) {
  const client = transports[transport]();
  opened.push(client);
  return listen(createRedisChangeFeed({ redis: client.redis, installationId: "here", ...silentLog() }));
}

const players = [
  "p1",
  "a,b",
  'x"y\\',
  "münchen",
  "👩‍👩‍👧",
  "null",
  "42",
  ...Array.from({ length: 120 }, (_, i) => `n${i}`),
];
const newest = new Map(players.map((player, i) => [player, i + 1]));
const wanted = new Map(players.map((player, i) => [`7 ${player}`, i + 1]));

test.each(["TCP", "REST"] as const)("over %s every instance hears it, the one that tells too", async (transport) => {
  const [teller, other] = [overRedis(transport), overRedis(transport)];
  const subscribers = async () =>
    ((await server.command("PUBSUB", "NUMSUB", changesChannel("here"))) as [string, number])[1];
  await vi.waitFor(async () => expect(await subscribers()).toBe(2), { timeout: 5_000 });
  teller.feed.tellInbox(7, newest);
  for (const one of [teller, other]) {
    await vi.waitFor(() => expect(one.heard).toEqual(wanted), { timeout: 5_000 });
    expect(one.changes).toEqual([]);
  }
});

test("an instance that cannot reach Redis still tells its own viewers", async () => {
  const client = createRedis({ kind: "tcp", url: "redis://127.0.0.1:1" });
  opened.push(client);
  const { feed, heard } = listen(
    createRedisChangeFeed({ redis: client.redis, installationId: "here", ...silentLog() }),
  );
  feed.tellInbox(7, newest);
  await vi.waitFor(() => expect(heard).toEqual(wanted));
});

test("without Redis the one instance hears it", async () => {
  const { feed, heard } = listen(createInProcessChangeFeed(silentLog()));
  feed.tellInbox(7, newest);
  await vi.waitFor(() => expect(heard).toEqual(wanted));
});
