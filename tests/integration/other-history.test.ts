/**
 * Postgres with an earlier state beside a Redis with the later one, as after a restored backup or a failover that lost
 * commits; and a Redis that answers reads and refuses writes. No board shows what Postgres does not have, unless marked.
 */
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { pino } from "pino";
import type { TransactionSql } from "postgres";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { readKeyspace } from "@/db/keyspace";
import { startPostgres } from "@/lib/embedded/postgres";
import { inSession } from "@/lib/embedded/postgres-session";
import { deleteBoard } from "@/lib/leaderboard/delete-board";
import { listBoards } from "@/lib/leaderboard/list-boards";
import type { Logger } from "@/lib/logger";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { type PrivateRedis, startPrivateRedis } from "@/tests/support/private-redis";
import { metric } from "@/tests/support/scrape";
import { silentLog } from "@/tests/support/silent-log";
import { startTcpProxy } from "@/tests/support/tcp-proxy";
import { tempFolder } from "@/tests/support/temp-folder";

let redis: PrivateRedis;
let api: ApiServer;
const others: ApiServer[] = [];

beforeEach(async () => {
  redis = await startPrivateRedis();
  api = await startApi({ redisUrl: redis.url });
});

afterEach(async () => {
  for (const other of others.splice(0)) await other.close();
  await api.close();
  await redis.stop();
});

const get = async (board: string, from = api) => (await from.get(`/api/v1/boards/${board}`)).json();
const leaders = async (board: string, from = api) => {
  const { entries, stale = false } = await get(board, from);
  return { leaders: entries.slice(0, 2).map(({ player, score }: Leader) => `${player} ${score}`), stale };
};
type Leader = { player: string; score: number };

async function post(board: string, scores: [player: string, score: number][], on = api) {
  const reply = await on.score(board, { scores: scores.map(([player, score]) => ({ player, score })) });
  expect(reply.status).toBe(200);
  return reply.json();
}

/** Keeps what Postgres holds now; gives a function that puts it back. */
async function dump(): Promise<() => Promise<void>> {
  // The last two in the order of a settled outbox, which may be under way: another would be a deadlock.
  const tables = ["boards", "standings", "score_events", "idempotency_replies", "index_outbox"];
  const { sql } = api.services.database;
  await sql`create schema kept`;
  for (const table of tables) await sql`create table kept.${sql(table)} as table ${sql(table)}`;
  return () =>
    sql.begin(async (tx) => {
      for (const table of tables) {
        await tx`truncate ${tx(table)}`;
        await tx`insert into ${tx(table)} table kept.${tx(table)}`;
      }
    }) as Promise<unknown> as Promise<void>;
}

async function endSessions(): Promise<void> {
  await inSession(
    api.databaseUrl,
    (sql) => sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`,
  );
}

const players = (name: string, count: number, first = 1) =>
  Array.from({ length: count }, (_, i): [string, number] => [`${name}${i}`, first + i]);

test("a score posted after a restore that reaches the number of the lost one does not bring the lost one back", async () => {
  const board = await api.newBoard();
  await post(board, [["a", 10]]);
  const restore = await dump();
  await post(board, [["a", 500]]);
  await restore();
  expect((await post(board, [["a", 20]])).results).toMatchObject([{ score: 20, rank: 1 }]);
  expect(await leaders(board)).toEqual({ leaders: ["a 20"], stale: false });
  expect(await metric(api, "rungs_index_dropped_total", { fault: "foreign" })).toBe(1);
});

test("a batch posted after a restore that covers the lost scores leaves none of them on the board", async () => {
  const board = await api.newBoard();
  await post(board, players("old", 50));
  const restore = await dump();
  for (let i = 0; i < 21; i++) await post(board, [[`lost${i}`, 10_000 + i]]);
  await restore();
  const { results } = await post(board, players("new", 101, 1_000));
  expect(results[0]).toMatchObject({ player: "new0", rank: 101 });
  expect(await get(board)).toMatchObject({
    total: 151,
    entries: [{ player: "new100", rank: 1 }, ...Array(99).fill({})],
  });
});

test("a single score after a restore, far from the number of the last lost one, gets the rank it has", async () => {
  const board = await api.newBoard();
  await post(board, players("old", 5));
  const restore = await dump();
  for (let i = 0; i < 21; i++) await post(board, [[`lost${i}`, 10_000 + i]]);
  await restore();
  expect((await post(board, [["new", 100]])).results).toMatchObject([{ player: "new", rank: 1 }]);
  expect(await leaders(board)).toEqual({ leaders: ["new 100", "old4 5"], stale: false });
});

test("an instance that has not read the board lately shows what was restored from its first answer on", async () => {
  const board = await api.newBoard();
  await post(board, [["a", 10]]);
  const restore = await dump();
  await post(board, [["a", 500]]);
  await restore();
  const other = await startApi({ databaseUrl: api.databaseUrl, redisUrl: redis.url });
  others.push(other);
  expect(await leaders(board, other)).toEqual({ leaders: ["a 10"], stale: false });
  const first = await other.get(`/api/v1/boards/${board}/players/a`);
  expect(first.json()).toMatchObject({ entry: { score: 10 } });
});

/** What each way to look back shows of the past up to event 3. */
async function lookBack(board: string) {
  const read = async (path: string) => (await api.get(`/api/v1/boards/${board}${path}`)).json();
  const [timeline, past, race, events, lost, charts] = await Promise.all([
    read("/timeline"),
    read("/at?seq=3"),
    read("/race"),
    read("/players/a/events?before=4"),
    read("/players/lost/events?before=4"),
    read("/players/a/history"),
  ]);
  return {
    events: timeline.events,
    past: past.entries.map(({ player, score }: Leader) => `${player} ${score}`),
    race: race.players.map(({ player }: Leader) => player),
    posted: events.events.map(({ seq, score }: Leader & { seq: number }) => `${seq}: ${score}`),
    lost: lost.events?.length ?? lost.code,
    scores: charts.points.map(([, score]: [number, number]) => score),
  };
}

test.each(["after posts of the same numbers", "in silence"])("what has been is what Postgres has: %s", async (when) => {
  const board = await api.newBoard();
  await post(board, [["a", 10]]);
  const restore = await dump();
  await post(board, [["lost", 500]]);
  await post(board, [["a", 501]]);
  expect(await lookBack(board)).toEqual({
    ...{ events: 3, past: ["a 501", "lost 500"], race: ["a", "lost"], posted: ["3: 501", "1: 10"], lost: 1 },
    scores: [10, 501],
  });
  await restore();
  if (when === "in silence") {
    await endSessions();
    const expected = { events: 1, past: ["a 10"], race: ["a"], posted: ["1: 10"], lost: "player-not-found" };
    await expect.poll(() => lookBack(board), { timeout: 2_000 }).toEqual({ ...expected, scores: [10] });
  } else {
    await post(board, [["b", 20]]);
    await post(board, [["a", 30]]);
    await post(board, [["b", 40]]);
    // Newer events make no difference to it; nobody else has the board's events read anew.
    const past = async () => (await api.get(`/api/v1/boards/${board}/at?seq=3`)).json();
    await expect.poll(past, { timeout: 2_000 }).toMatchObject({ total: 2, entries: [{ score: 30 }, { score: 20 }] });
    const expected = { events: 4, past: ["a 30", "b 20"], race: ["b", "a"], posted: ["3: 30", "1: 10"] };
    await expect
      .poll(() => lookBack(board), { timeout: 2_000 })
      .toEqual({ ...expected, lost: "player-not-found", scores: [10, 30] });
  }
});

test("after connections to Postgres ended, a board is compared with it before it is shown again", async () => {
  const board = await api.newBoard();
  await post(board, [["a", 10]]);
  const restore = await dump();
  await post(board, [["a", 500]]);
  await restore();
  await endSessions();
  // What is less than a second old may still be shown.
  await expect.poll(() => leaders(board), { timeout: 2_000 }).toEqual({ leaders: ["a 10"], stale: false });
});

test("while it cannot be compared since connections ended, what is shown of a board is marked", async () => {
  const board = await api.newBoard();
  await post(board, [["a", 10]]);
  const restore = await dump();
  await post(board, [["a", 500]]);
  expect(await leaders(board)).toEqual({ leaders: ["a 500"], stale: false });
  await restore();
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let holding = Promise.resolve();
  await new Promise<void>((ended) => {
    const block = async (tx: TransactionSql) => {
      await tx`lock table index_outbox`;
      await tx`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`;
      ended();
      await released;
    };
    holding = inSession(api.databaseUrl, (sql) => sql.begin(block), 20_000).then(() => undefined);
  });
  const shown = () => leaders(board);
  // What is less than a second old may still be shown.
  await expect.poll(shown, { timeout: 3_000 }).toEqual({ leaders: ["a 500"], stale: true });
  for (let i = 0; i < 3; i++) {
    expect((await api.get(`/api/v1/boards/${board}/players/a`)).json()).toMatchObject({ stale: true });
    expect((await shown()).stale).toBe(true);
  }
  release();
  await holding;
  await expect.poll(shown, { timeout: 8_000 }).toEqual({ leaders: ["a 10"], stale: false });
});

test("an idle board in use is compared every few seconds", async () => {
  const board = await api.newBoard();
  await post(board, [["a", 10]]);
  const restore = await dump();
  await post(board, [["a", 500]]);
  await restore();
  await expect.poll(() => leaders(board), { timeout: 8_000 }).toEqual({ leaders: ["a 10"], stale: false });
});

test("a board made after a restore has no uid of a board that was lost, and none of its players", async () => {
  const restore = await dump();
  const lost = await api.newBoard({ id: "lost" });
  await post(lost, [["ghost", 77]]);
  const uids = new Set([(await api.services.liveBoards.get(lost)).board.uid]);
  await restore();
  for (let i = 0; i < 20; i++) {
    const board = await api.newBoard();
    expect((await post(board, [["a", 1]])).results).toMatchObject([{ rank: 1 }]);
    expect(await leaders(board)).toEqual({ leaders: ["a 1"], stale: false });
    uids.add((await api.services.liveBoards.get(board)).board.uid);
  }
  expect(uids.size).toBe(21);
});

test("a board made after the point of a restore is gone, and a successor of its id shows its own players", async () => {
  const restore = await dump();
  for (const id of ["lost", "again"]) await post(await api.newBoard({ id }), [["ghost", 77]]);
  const statuses = async () =>
    Promise.all(["lost", "again"].map(async (id) => (await api.get(`/api/v1/boards/${id}`)).status));
  expect(await statuses()).toEqual([200, 200]);
  await restore();
  await api.newBoard({ id: "again" });
  await post("again", [["a", 1]]);
  await expect.poll(statuses, { timeout: 8_000 }).toEqual([404, 200]);
  expect(await leaders("again")).toEqual({ leaders: ["a 1"], stale: false });
});

test("a board deleted while Redis refuses writes is gone at once, and on other instances within seconds", async () => {
  const board = await api.newBoard();
  await post(board, [["a", 1]]);
  const other = await startApi({ databaseUrl: api.databaseUrl, redisUrl: redis.url });
  others.push(other);
  expect(await leaders(board, other)).toEqual({ leaders: ["a 1"], stale: false });
  await redis.command("REPLICAOF", "127.0.0.1", "1");
  await deleteBoard(api.services, board);
  const status = async (from: ApiServer) => (await from.get(`/api/v1/boards/${board}`)).status;
  expect(await status(api)).toBe(404);
  await expect.poll(() => status(other), { timeout: 8_000 }).toBe(404);
  await redis.command("REPLICAOF", "NO", "ONE");
});

test("a copy of the database has its own part of a shared Redis", async () => {
  const keyspace = await readKeyspace(api.services.database.sql);
  const board = await api.newBoard();
  await post(board, [["production", 1]]);
  const name = `copy_${Date.now()}`;
  const copy = new URL(api.databaseUrl);
  const original = copy.pathname.slice(1);
  await api.services.database.sql`select 1`;
  copy.pathname = `/${name}`;
  const server = new URL(api.databaseUrl);
  server.pathname = "/postgres";
  // A template has to be without sessions.
  await api.close();
  await inSession(server.href, (sql) => sql.unsafe(`create database ${name} template ${original}`));
  const staging = await startApi({ databaseUrl: copy.href, redisUrl: redis.url });
  others.push(staging);
  api = await startApi({ databaseUrl: api.databaseUrl, redisUrl: redis.url });
  expect(await readKeyspace(staging.services.database.sql)).not.toBe(keyspace);
  expect(await readKeyspace(api.services.database.sql)).toBe(keyspace);
  await post(board, [["staging", 99]], staging);
  expect(await leaders(board)).toEqual({ leaders: ["production 1"], stale: false });
  expect(await leaders(board, staging)).toEqual({ leaders: ["staging 99", "production 1"], stale: false });
});

test("a physical copy of the database, with the same keys, is refused at the start, and kept from Redis while it runs", {
  timeout: 60_000,
}, async () => {
  const folder = await tempFolder();
  const { logger } = silentLog();
  const start = async (name: string) => {
    const settings = { fsync: "off", max_connections: "60", shared_buffers: "16MB" };
    await mkdir(join(folder, name), { recursive: true });
    const postgres = await startPostgres({ dataDir: join(folder, name), password: "secret", logger, settings });
    onTestFinished(() => postgres.stop());
    return postgres;
  };
  const original = await start("production");
  const first = await startApi({ databaseUrl: original.url, redisUrl: redis.url });
  const board = await first.newBoard();
  await post(board, [["production", 1]], first);
  await first.close();
  await original.stop();
  await promisify(execFile)("cp", ["-a", join(folder, "production"), join(folder, "staging")]);
  const [{ url: productionUrl }, { url: stagingUrl }] = [await start("production"), await start("staging")];

  const production = await startApi({ databaseUrl: productionUrl, redisUrl: redis.url });
  onTestFinished(() => production.close());
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: "error" }, { write: (line: string) => lines.push(JSON.parse(line)) }) as Logger;
  const proxy = await startTcpProxy(redis.url);
  onTestFinished(() => proxy.close());
  const startStaging = () => startApi({ databaseUrl: stagingUrl, redisUrl: proxy.through(redis.url), logger: log });
  const { publicUrl } = production.services.env;
  const reason = `is used by a copy of this database, or by its original, at ${publicUrl} (${hostname()})`;
  await expect(startStaging()).rejects.toMatchObject({
    name: "StartError",
    message: expect.stringContaining(`REDIS_URL: 127.0.0.1:${proxy.port} ${reason}`),
  });

  await proxy.refuse();
  const staging = await startStaging();
  others.push(staging);
  await proxy.pass();
  const reasons = async () => (await staging.get("/readyz")).json().reasons;
  await expect.poll(reasons, { timeout: 20_000 }).toContainEqual(expect.stringContaining(`Redis ${reason}`));
  expect(lines).toContainEqual(
    expect.objectContaining({ component: "instance registry", failure: expect.stringContaining(reason) }),
  );
  expect((await post(board, [["staging", 99]], staging)).results).toMatchObject([{ rank: null }]);
  await post(board, [["production", 2]], production);
  expect(await leaders(board, staging)).toEqual({ leaders: ["staging 99", "production 1"], stale: true });
  expect(await leaders(board, production)).toEqual({ leaders: ["production 2"], stale: false });

  await production.close();
  await expect
    .poll(() => leaders(board, staging), { timeout: 20_000 })
    .toEqual({ leaders: ["staging 99", "production 1"], stale: false });
});

test("while Redis refuses writes, boards that lack a score come from Postgres and are marked, on every instance", async () => {
  const board = await api.newBoard();
  await post(board, [["a", 1]]);
  await redis.command("CONFIG", "SET", "maxmemory", "1");
  expect((await post(board, [["b", 2]])).results).toMatchObject([{ player: "b", status: "applied", rank: null }]);
  expect(await leaders(board)).toEqual({ leaders: ["b 2", "a 1"], stale: true });
  const player = await api.get(`/api/v1/boards/${board}/players/b`);
  expect(player.json()).toMatchObject({ stale: true, entry: { rank: 1 } });
  const { boards } = (await api.get("/api/v1/boards")).json();
  expect(boards).toMatchObject([{ total: 2, leader: { player: "b" }, stale: true }]);
  expect(await listBoards(api.services)).toMatchObject([{ total: 2 }]);
  const other = await startApi({ databaseUrl: api.databaseUrl, redisUrl: redis.url });
  others.push(other);
  await expect.poll(() => leaders(board, other), { timeout: 8_000 }).toEqual({ leaders: ["b 2", "a 1"], stale: true });
  await redis.command("CONFIG", "SET", "maxmemory", "0");
  for (const instance of [api, other]) {
    await expect
      .poll(() => leaders(board, instance), { timeout: 10_000 })
      .toEqual({ leaders: ["b 2", "a 1"], stale: false });
  }
});

test("a board summary that was changed by hand is corrected by a count, and the index stays", async () => {
  const board = await api.newBoard();
  await post(board, players("p", 10));
  const { epoch } = await get(board);
  const { sql } = api.services.database;
  await sql`update boards set players = 3, seq_sum = 7 where id = ${board}`;
  const summary = async () => (await sql`select players, seq_sum::int8 as "seqSum" from boards where id = ${board}`)[0];
  await expect.poll(summary, { timeout: 8_000 }).toEqual({ players: 10, seqSum: 55 });
  expect(await get(board)).toMatchObject({ epoch, total: 10 });
});

test("an index with an entry too few or too many is built anew", async () => {
  const board = await api.newBoard();
  await post(board, players("p", 10));
  const { epoch } = await get(board);
  const { board: stored } = await api.services.liveBoards.get(board);
  // A change that no commit made.
  await api.services.index.apply(stored, [{ player: "x", name: "x", values: [99], reached: 5, seq: 5 }], []);
  await expect.poll(async () => (await get(board)).epoch, { timeout: 8_000 }).not.toBe(epoch);
  expect(await get(board)).toMatchObject({ total: 10, entries: [{ player: "p9" }, ...Array(9).fill({})] });
});
