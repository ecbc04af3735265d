/** Stores that answer and refuse: what the log, the metrics and /readyz say of it, and what viewers are told. */
import { pino } from "pino";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { deleteBoard } from "@/lib/leaderboard/delete-board";
import type { Logger } from "@/lib/logger";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { createTestDatabase } from "@/tests/support/postgres";
import { type PrivateRedis, startPrivateRedis } from "@/tests/support/private-redis";
import { metric } from "@/tests/support/scrape";
import { startTcpProxy, type TcpProxy } from "@/tests/support/tcp-proxy";

let redis: PrivateRedis;
let proxy: TcpProxy;
let api: ApiServer;
let board: string;
let lines: Record<string, unknown>[];

beforeEach(async () => {
  lines = [];
  const logger = pino({ level: "warn" }, { write: (line: string) => lines.push(JSON.parse(line)) }) as Logger;
  redis = await startPrivateRedis();
  const databaseUrl = await createTestDatabase();
  proxy = await startTcpProxy(databaseUrl);
  api = await startApi({ redisUrl: redis.url, databaseUrl: proxy.through(databaseUrl), logger });
  board = await api.newBoard();
  await api.score(board, { player: "a", score: 1 });
  expect((await api.get("/readyz")).json()).toEqual({ status: "ready", reasons: [], postgres: true, rankIndex: true });
});

afterEach(async () => {
  await api.close();
  await proxy.close();
  await redis.stop();
});

const read = async () => (await api.get(`/api/v1/boards/${board}`)).json();
const ready = async () => (await api.get("/readyz")).json();
const refusals = { full: ["config", "set", "maxmemory", "1mb"], "read-only": ["replicaof", "127.0.0.1", "1"] };
const mends = { full: ["config", "set", "maxmemory", "0"], "read-only": ["replicaof", "no", "one"] };

test.each(["full", "read-only"] as const)(
  "a Redis that is %s is logged, counted, and seen by /readyz",
  async (kind) => {
    // One that nobody reads, and one that is deleted.
    const [idle, gone] = [await api.newBoard(), await api.newBoard()];
    for (const id of [idle, gone]) await api.score(id, { player: "a", score: 1 });
    await redis.command(...refusals[kind]);
    for (const score of [2, 3, 4]) {
      const { status, json } = await api.score(board, { player: "b", score });
      expect([status, json().results[0].rank]).toEqual([200, null]);
    }
    await vi.waitFor(async () => expect(await read()).toMatchObject({ stale: true, entries: [{ score: 4 }, {}] }));
    for (const id of [idle, gone]) await api.score(id, { player: "a", score: 2 });
    expect(await metric(api, "rungs_index_behind_boards")).toBe(3);
    await deleteBoard(api.services, gone);

    // The server of the test before may still log how many failures of its kind it has suppressed.
    const mine = lines.filter((line) => line.component === "score writer" && line.kind === kind);
    expect(mine).toMatchObject([
      { level: 40, board, kind, consequence: expect.stringContaining("not in the rank index") },
    ]);
    expect(mine[0]?.failure).toMatch(kind === "full" ? /OOM/ : /READONLY/);
    expect(await metric(api, "rungs_storage_errors_total", { component: "score writer", kind })).toBe(5);
    expect(await metric(api, "rungs_stale_answers_total")).toBeGreaterThan(0);
    expect(await metric(api, "rungs_stale_boards")).toBe(1);
    expect(await metric(api, "rungs_outbox_rows")).toBeGreaterThan(0);
    // A probe is good for two seconds, that of the beginning included.
    const why = `the rank index does not take writes (${kind})`;
    await vi.waitFor(async () => expect((await ready()).reasons).toContain(why), { timeout: 10_000, interval: 250 });
    const behind = "boards whose rank index is behind: 2";
    await vi.waitFor(async () => expect((await ready()).reasons).toContain(behind), { timeout: 10_000, interval: 250 });
    const degraded = await ready();
    expect(degraded).toMatchObject({ status: "degraded", postgres: true });
    expect(degraded.reasons).toContain("boards served as stale: 1");
    expect(degraded.reasons).toContain(`storage errors: score writer (${kind})`);
    expect(await metric(api, "rungs_health", { status: "degraded" })).toBe(1);

    await redis.command(...mends[kind]);
    await vi.waitFor(async () => expect(await read()).not.toHaveProperty("stale"), { timeout: 40_000, interval: 250 });
    expect(await read()).toMatchObject({ entries: [{ player: "b", score: 4 }, { player: "a" }] });
    const stillBehind = () => metric(api, "rungs_index_behind_boards");
    await vi.waitFor(async () => expect(await stillBehind()).toBe(0), { timeout: 40_000, interval: 250 });
  },
);

const database = () => new URL(api.databaseUrl).pathname.slice(1);
/** For connections made from now on, which are all. */
async function alterDatabase(setting: string): Promise<void> {
  await api.services.database.sql.unsafe(`alter database ${database()} set ${setting}`);
  proxy.cut();
}

test.each([
  ["read-only", "default_transaction_read_only = on", true],
  // The nearest thing to a full disk that a test can have.
  ["full", "temp_file_limit = 0", false],
])("a Postgres that is %s is degraded: boards are served", async (kind, setting, refusesPosts) => {
  await alterDatabase(setting);
  const why = `Postgres does not take writes (${kind})`;
  await vi.waitFor(async () => expect((await ready()).reasons).toContain(why), { timeout: 10_000, interval: 250 });
  const { status, json } = await api.get("/readyz");
  expect([status, json()]).toMatchObject([200, { status: "degraded", postgres: true, rankIndex: true }]);
  expect((await read()).entries).toHaveLength(1);
  expect(lines).toContainEqual(expect.objectContaining({ component: "readiness probe", kind }));
  const posted = await api.score(board, { player: "a", score: 9 });
  expect(posted.status).toBe(refusesPosts ? 503 : 200);
  if (refusesPosts) expect(lines).toContainEqual(expect.objectContaining({ component: "score writer", kind, board }));
});

test("without Postgres the instance is unavailable, and its metrics are there all the same", async () => {
  await proxy.refuse();
  await vi.waitFor(async () => expect((await api.get("/readyz")).status).toBe(503), { timeout: 10_000, interval: 250 });
  expect(await ready()).toMatchObject({ status: "unavailable", postgres: false, rankIndex: true });
  expect(await metric(api, "rungs_health", { status: "unavailable" })).toBe(1);
  expect(await metric(api, "rungs_storage_errors_total", { component: "metrics" })).toBeGreaterThan(0);
});

test("a Redis that may evict rank indexes is degraded", async () => {
  await redis.command("config", "set", "maxmemory-policy", "allkeys-lru");
  const other = await startApi({ redisUrl: redis.url, databaseUrl: api.databaseUrl });
  onTestFinished(() => other.close());
  const reasons = ["maxmemory-policy of Redis is allkeys-lru: set it to noeviction"];
  expect((await other.get("/readyz")).json()).toMatchObject({ status: "degraded", reasons });
});

test("an instance that is shutting down is unavailable", async () => {
  api.services.drain();
  const { status, json } = await api.get("/readyz");
  expect([status, json()]).toMatchObject([503, { status: "unavailable", reasons: ["the instance is shutting down"] }]);
});
