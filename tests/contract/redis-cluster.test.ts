/** All that goes through Redis, in a Redis Cluster of three masters and their replicas, one of which is lost at the end. */
import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import type { RedisSettings } from "@/lib/env";
import { judgeBoard } from "@/lib/inbox/judge-board";
import { InboxKeeper } from "@/lib/inbox/keeper";
import { watchPlayer } from "@/lib/inbox/watch-player";
import { sweepOutbox } from "@/lib/leaderboard/sweep-outbox";
import type { IndexBoard } from "@/lib/rank-index/rank-index";
import { createRedisRankIndex } from "@/lib/rank-index/redis-rank-index";
import { boardKeys } from "@/lib/rank-index/redis-scripts";
import { createRedisChangeFeed } from "@/lib/redis/change-feed";
import { createRedis, type RedisClient } from "@/lib/redis/client";
import { EvictionWatch } from "@/lib/redis/eviction-watch";
import { slotOf } from "@/lib/redis/key-slot";
import { createViewerExchange } from "@/lib/redis/viewer-exchange";
import { startApi } from "@/tests/support/api-server";
import { type RedisCluster, startRedisCluster } from "@/tests/support/redis-cluster";
import { silentLog } from "@/tests/support/silent-log";
import { batches, describeRankIndex, standing } from "./rank-index-suite";

/** Most of this is about what is answered, not how fast. */
const patientMs = 10_000;
const soon = { timeout: 20_000, interval: 50 };

let cluster: RedisCluster;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  cluster = await startRedisCluster({ replicas: true });
});
afterAll(() => cluster?.stop());
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

const settings = (): RedisSettings => ({ kind: "tcp", url: cluster.url });

function open(timeoutMs?: number): RedisClient {
  const client = createRedis(settings(), timeoutMs);
  opened.push(client);
  return client;
}

const indexOf = (client: RedisClient, installationId = "here") =>
  createRedisRankIndex({ client, installationId, onForeign: () => undefined });
const columns: Omit<IndexBoard, "uid"> = { order: "desc", tiebreaks: [], rankStyle: "dense", revision: 1 };
const boardOf = (uid: number): IndexBoard => ({ uid, ...columns });

describeRankIndex("in a Redis Cluster", 40, async () => {
  const client = createRedis(settings(), patientMs);
  const installationId = randomBytes(5).toString("hex");
  const feed = createRedisChangeFeed({ redis: client.redis, installationId, ...silentLog() });
  const foreign: number[] = [];
  const onForeign = (uid: number) => foreign.push(uid);
  const index = createRedisRankIndex({ client, installationId, onForeign });
  const close = async () => {
    await feed.close();
    await client.close();
  };
  return { index, feed, foreign, close };
});

test("slots are those that the Cluster itself computes", async () => {
  for (const key of ["a", "rungs:here:{7}:z", "x{}y", "{}{y}", "é{ü}", "{{a}}"]) {
    expect(await cluster.masters[0]?.command("CLUSTER", "KEYSLOT", key)).toBe(slotOf(key));
  }
});

test("boards are on all masters, a board on one, and states of all come in one call", async () => {
  const client = open(patientMs);
  const index = indexOf(client);
  const uids = Array.from({ length: 30 }, (_, i) => i + 1);
  await Promise.all(uids.map((uid) => index.rebuild(boardOf(uid), batches([standing("a", uid, 1)]))));
  expect([...(await index.states(uids)).keys()].sort((a, b) => a - b)).toEqual(uids);
  expect(new Set(uids.map((uid) => client.nodeOf(boardKeys("here", uid).m))).size).toBe(3);
});

test("a pipeline across slots answers in order, errors in their place", async () => {
  const { redis } = open(patientMs);
  const pipeline = redis.pipeline();
  const keys = Array.from({ length: 50 }, (_, i) => `here:${i}`);
  for (const key of keys) pipeline.set(key, key).incr(key).get(key);
  const replies = await pipeline.exec({ keepErrors: true });
  for (const [i, key] of keys.entries()) {
    const expected = [{ result: "OK" }, { error: expect.stringContaining("not an integer") }, { result: key }];
    expect(replies.slice(3 * i, 3 * i + 3)).toMatchObject(expected);
  }
  expect(await redis.multi().set("{here}1", "1").incr("{here}1").get("{here}1").exec()).toEqual(["OK", 2, "2"]);
});

test("each node that forgot the scripts is given them again, and a probe tries every node", async () => {
  const index = indexOf(open(patientMs));
  const uids = Array.from({ length: 20 }, (_, i) => 100 + i);
  for (const { command } of cluster.masters) await command("SCRIPT", "FLUSH");
  await Promise.all(uids.map((uid) => index.rebuild(boardOf(uid), batches([standing("a", 1, 1)]))));
  await index.probe();
  for (const { command } of cluster.masters) {
    await command("CONFIG", "SET", "maxmemory", "1mb");
    await expect(index.probe()).rejects.toThrow("OOM");
    await command("CONFIG", "SET", "maxmemory", "0");
  }
  await index.probe();
});

test("the eviction policy of each node is asked for", async () => {
  const client = open(patientMs);
  const watch = new EvictionWatch({ client, keyOf: (tag) => `here:{${tag}}`, ...silentLog() });
  await watch.look();
  expect(watch.troubles()).toEqual([]);
  for (const { command, port } of cluster.masters) {
    await command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    await watch.look();
    expect(watch.troubles()).toEqual([expect.stringContaining(`Redis at 127.0.0.1:${port} is allkeys-lru`)]);
    await command("CONFIG", "SET", "maxmemory-policy", "noeviction");
  }
});

test("a slot that is being moved, or has moved, is followed", async () => {
  const index = indexOf(open(patientMs));
  const board = boardOf(7);
  await index.rebuild(board, batches([standing("a", 1, 1)]));
  const slot = String(slotOf("7"));
  const client = open(patientMs);
  await client.redis.get("{7}");
  const from = cluster.masters.find(({ port }) => client.nodeOf("{7}").endsWith(`:${port}`));
  const to = cluster.masters.find((master) => master !== from);
  const [fromId, toId] = await Promise.all([from, to].map((node) => node?.command("CLUSTER", "MYID").then(String)));
  await to?.command("CLUSTER", "SETSLOT", slot, "IMPORTING", fromId ?? "");
  await from?.command("CLUSTER", "SETSLOT", slot, "MIGRATING", toId ?? "");
  const keys = (await from?.command("CLUSTER", "GETKEYSINSLOT", slot, "100")) as string[];
  expect(keys.length).toBeGreaterThan(2);
  await from?.command("MIGRATE", "127.0.0.1", String(to?.port), "", "0", "5000", "KEYS", ...keys);
  // ASK, since the source has none of the keys any more.
  expect((await index.page(board, 0, 10))?.total).toBe(1);
  for (const node of cluster.masters) await node.command("CLUSTER", "SETSLOT", slot, "NODE", toId ?? "");
  // MOVED.
  expect((await index.apply(board, [standing("b", 2, 2)], []))?.total).toBe(2);
  expect((await index.states([7])).get(7)?.total).toBe(2);
});

test("changes made on any node, and inbox items, reach every instance; viewers are counted over all", async () => {
  const [one, other] = [open(patientMs), open(patientMs)];
  const heard: (number | string)[] = [];
  const feeds = [one, other].map(({ redis }) =>
    createRedisChangeFeed({ redis, installationId: "here", ...silentLog() }),
  );
  opened.push(...feeds);
  const gap = new Promise<void>((onGap) => {
    feeds[1]?.listen({
      onGap,
      onChange: (uid) => heard.push(uid),
      onInbox: (uid, newest) => heard.push(`${uid} ${[...newest.keys()]}`),
    });
  });
  await gap;
  const index = indexOf(one);
  const uids = Array.from({ length: 12 }, (_, i) => 200 + i);
  for (const uid of uids) await index.rebuild(boardOf(uid), batches([]));
  await vi.waitFor(() => expect(new Set(heard)).toEqual(new Set(uids)), soon);
  feeds[0]?.tellInbox(7, new Map([["ada", 1]]));
  await vi.waitFor(() => expect(heard).toContain("7 ada"), soon);

  const exchanges = [one, other].map(({ redis }) => createViewerExchange(redis, "here"));
  await exchanges[0]?.tell(new Map([["a", { polling: 1, streaming: 2 }]]));
  expect(await exchanges[1]?.others(["a", "b"])).toEqual(
    new Map([
      ["a", { polling: 1, streaming: 2 }],
      ["b", { polling: 0, streaming: 0 }],
    ]),
  );
});

test("while a master is lost, sweep and inboxes go on for boards on the others", async () => {
  const settings = { "cluster-require-full-coverage": "no", "cluster-replica-no-failover": "yes" };
  const setAll = async (values: Record<string, string>) => {
    for (const { command } of cluster.servers) await command("CONFIG", "SET", ...Object.entries(values).flat());
  };
  await setAll(settings);
  const api = await startApi({ redisUrl: cluster.url, background: false });
  opened.push(api);
  const { index, database, storageErrors } = api.services;
  const newBoard = async () => {
    const id = await api.newBoard();
    await api.score(id, { scores: [{ player: "a", score: 1 }] });
    return { id, uid: (await api.services.liveBoards.get(id)).board.uid };
  };
  const lost = cluster.masters[1] as RedisCluster["masters"][number];
  const isLost = ({ uid }: { uid: number }) => index.shardOf(uid).endsWith(`:${lost.port}`);
  const boards = [await newBoard()];
  while (new Set(boards.map(isLost)).size < 2) boards.push(await newBoard());
  await watchPlayer(api.services, "a", null);
  for (const { uid } of boards) expect(await judgeBoard(api.services, uid)).toMatchObject({ kind: "judged" });
  for (const { id } of boards) await api.score(id, { scores: [{ player: "b", score: 2 }] });
  for (const { uid } of boards) {
    await database.sql`insert into index_outbox (board_uid, players, leased_until) values (${uid}, '{a}', now())`;
  }

  lost.signal("SIGSTOP");
  onTestFinished(async () => {
    lost.signal("SIGCONT");
    await lost.ready();
    await setAll({ "cluster-require-full-coverage": "yes", "cluster-replica-no-failover": "no" });
  });
  const onOthers = boards.filter((board) => !isLost(board)).map(({ uid }) => uid);
  const told: number[] = [];
  const keeper = new InboxKeeper(api.services, (uid) => told.push(uid), { backstopMs: 100 });
  opened.push(keeper);
  await vi.waitFor(() => expect(new Set(told)).toEqual(new Set(onOthers)), soon);
  expect(await sweepOutbox(api.services)).toEqual({ cleared: onOthers.length, more: false });
  const left = await database.sql`select board_uid as uid, attempts from index_outbox order by uid`;
  const held = boards.filter(isLost).map(({ uid }) => ({ uid, attempts: 0 }));
  expect(left).toEqual(held.sort((a, b) => a.uid - b.uid));
  for (const component of ["outbox sweep", "inbox worker"]) {
    expect(storageErrors.counts()).toContainEqual(expect.objectContaining({ component }));
  }
  lost.signal("SIGCONT");
  await vi.waitFor(async () => expect((await sweepOutbox(api.services)).cleared).toBe(held.length), soon);
});

test("while a master is lost boards on the others are served; its replica is used once promoted", async () => {
  const client = open();
  const index = indexOf(client);
  await vi.waitFor(() => index.probe(), soon);
  const uids = Array.from({ length: 30 }, (_, i) => 300 + i);
  await Promise.all(uids.map((uid) => index.rebuild(boardOf(uid), batches([standing("a", 1, 1)]))));
  const nodeOf = (uid: number) => client.nodeOf(boardKeys("here", uid).m);
  const lost = cluster.masters[1] as RedisCluster["masters"][number];
  const lostUid = uids.find((uid) => nodeOf(uid).endsWith(`:${lost.port}`)) ?? 0;
  const otherUid = uids.find((uid) => !nodeOf(uid).endsWith(`:${lost.port}`)) ?? 0;
  await lost.command("WAIT", "1", "1000");
  lost.signal("SIGKILL");
  const refused = () =>
    expect(index.page(boardOf(lostUid), 0, 1)).rejects.toMatchObject({ name: "IndexUnavailableError" });
  await vi.waitFor(refused, { timeout: 5_000, interval: 5 });
  expect((await index.page(boardOf(otherUid), 0, 1))?.total).toBe(1);
  await vi.waitFor(async () => expect((await index.page(boardOf(lostUid), 0, 1))?.total).toBe(1), soon);
  await vi.waitFor(() => index.apply(boardOf(lostUid), [standing("b", 2, 2)], []), soon);
  await vi.waitFor(() => index.probe(), soon);
});
