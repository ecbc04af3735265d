/** A Redis that was the primary and is a replica now, behind an address that leads to the new primary, or not yet. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { RedisSettings } from "@/lib/env";
import type { IndexBoard, RankIndex } from "@/lib/rank-index/rank-index";
import { createRedisRankIndex } from "@/lib/rank-index/redis-rank-index";
import { createRedis, type RedisClient } from "@/lib/redis/client";
import { kindOfFailure } from "@/lib/storage-failure";
import { type PrivateRedis, startPrivateRedis } from "@/tests/support/private-redis";
import { startTcpProxy, type TcpProxy } from "@/tests/support/tcp-proxy";
import { startUpstashServer } from "@/tests/support/upstash-server";
import { batches, standing } from "./rank-index-suite";

const board: IndexBoard = { uid: 7, order: "desc", tiebreaks: [], rankStyle: "competition", revision: 1 };
const soon = { timeout: 10_000, interval: 50 };

let first: PrivateRedis;
let second: PrivateRedis;
let proxy: TcpProxy;
const opened: RedisClient[] = [];

beforeAll(async () => {
  [first, second] = await Promise.all([startPrivateRedis(), startPrivateRedis()]);
  const { password } = new URL(first.url);
  for (const server of [first, second]) {
    await server.command("CONFIG", "SET", "requirepass", password, "masterauth", password);
    await server.command("CONFIG", "SET", "repl-diskless-sync-delay", "0", "repl-diskless-load", "swapdb");
  }
});
afterAll(async () => {
  await Promise.all([first?.stop(), second?.stop()]);
});

beforeEach(async () => {
  proxy = await startTcpProxy(first.url);
  await first.command("REPLICAOF", "NO", "ONE");
  await first.command("FLUSHALL");
  await second.command("REPLICAOF", "127.0.0.1", portOf(first));
  await vi.waitFor(async () => expect(await second.command("ROLE")).toContain("connected"), soon);
});
afterEach(async () => {
  for (const client of opened.splice(0)) await client.close();
  await proxy.close();
});

const portOf = ({ url }: PrivateRedis) => new URL(url).port;

function open(settings: RedisSettings): RankIndex {
  const client = createRedis(settings);
  opened.push(client);
  return createRedisRankIndex({ client, installationId: "here", onForeign: () => undefined });
}

async function buildOn(index: RankIndex): Promise<void> {
  await vi.waitFor(() => index.probe(), soon);
  await index.rebuild(board, batches([standing("a", 1, 1)]));
  await vi.waitFor(async () => expect(await second.command("EXISTS", "rungs:here:{7}:m")).toBe(1), soon);
}

async function failOver(): Promise<void> {
  await second.command("REPLICAOF", "NO", "ONE");
  await first.command("REPLICAOF", "127.0.0.1", portOf(second));
}

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => "none",
    (error: unknown) => kindOfFailure(error),
  );
const write = (index: RankIndex, seq: number) => index.apply(board, [standing("b", seq, seq)], []);

test("after a failover that moves the address, a refused write leads to a connection to the new primary", async () => {
  const index = open({ kind: "tcp", url: proxy.through(first.url) });
  await buildOn(index);
  await failOver();
  proxy.lead(second.url);
  expect(await refusal(write(index, 2))).toBe("read-only");
  await vi.waitFor(() => write(index, 2), soon);
  expect(await second.command("HLEN", "rungs:here:{7}:h")).toBe(2);
});

test("while the address still leads to a replica, reads go on, and connections are opened at most once a second", async () => {
  const index = open({ kind: "tcp", url: proxy.through(first.url) });
  await buildOn(index);
  await failOver();
  const connections = async () =>
    Number(/total_connections_received:(\d+)/.exec(String(await first.command("INFO")))?.[1]);
  const before = await connections();
  const until = performance.now() + 2_500;
  while (performance.now() < until) {
    expect(await refusal(write(index, 2))).toBe("read-only");
    expect((await index.page(board, 0, 1))?.total).toBe(1);
  }
  expect(await connections()).toBeGreaterThan(before);
  // The tests themselves open none.
  expect(await connections()).toBeLessThanOrEqual(before + 3);
});

test("over Upstash's REST API a refused write is the same kind of failure, and reads go on", async () => {
  const upstash = await startUpstashServer({ redisUrl: first.url });
  const index = open({ kind: "rest", url: upstash.url, token: upstash.token });
  await buildOn(index);
  await failOver();
  expect(await refusal(write(index, 2))).toBe("read-only");
  expect(await refusal(index.probe())).toBe("read-only");
  expect((await index.page(board, 0, 1))?.total).toBe(1);
  await first.command("REPLICAOF", "NO", "ONE");
  await write(index, 2);
  await upstash.close();
});
