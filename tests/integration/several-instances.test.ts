/** Several instances on one database: with one Redis they are one, without it there can be only one. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "@/db/client";
import { leasesHeld, takeInstanceLease } from "@/db/instance-lease";
import { inSession } from "@/lib/embedded/postgres-session";
import { createTestDatabase } from "@/tests/support/postgres";
import { redisUrl } from "@/tests/support/redis";
import { type RungsOptions, type RungsServer, startRungs } from "@/tests/support/server";
import { startTcpProxy } from "@/tests/support/tcp-proxy";
import { tempFolder } from "@/tests/support/temp-folder";

async function start(options: RungsOptions): Promise<RungsServer> {
  const server = await startRungs(options);
  onTestFinished(async () => {
    await server.stop();
  });
  return server;
}

test("without a Redis they share, a second instance on the same database is refused in one line; the first goes on", {
  timeout: 120_000,
}, async () => {
  const env = { DATABASE_URL: await createTestDatabase(), REDIS_URL: undefined };
  const dataDir = join(await tempFolder(0o700), "data");
  const first = await start({ env, dataDir });
  const attempts = [{ env }, { env, args: ["--no-redis"] }, { env: { ...env, REDIS_URL: redisUrl() } }];
  const refusals = await Promise.all(attempts.map((options) => startRungs(options).catch((error: Error) => error)));
  for (const refusal of refusals) {
    const lines = (refusal as Error).message.split("\n").filter((line) => line.startsWith("rungs: "));
    expect(lines).toEqual([
      "rungs: REDIS_URL: another Rungs uses this database, and several instances have to share one Redis: " +
        "set it to the same for all of them, or stop the other",
    ]);
  }
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  first.kill("SIGKILL");
  await first.ended;
  expect((await fetch(`${(await start({ env, dataDir })).url}/readyz`)).status).toBe(200);
});

const timing = { leaseMs: 600, renewEveryMs: 100, takeMs: 300, tryEveryMs: 50 };

/** As an instance that reaches its database by `url`. */
async function lease(url: string, alone: boolean, onLost = () => {}, takeMs = timing.takeMs, owned = false) {
  const database = openDatabase(url, { poolMax: 2 });
  const options = { sql: database.sql, alone, owned, onLost, onFailure: () => undefined };
  const held = await takeInstanceLease({ ...options, timing: { ...timing, takeMs } });
  onTestFinished(async () => {
    await held?.close();
    await database.close();
  });
  return held;
}

test("those who share come and go as they like, and keep out who has to be alone", async () => {
  const url = await createTestDatabase();
  const [one, two] = [await lease(url, false), await lease(url, false)];
  expect(await lease(url, true)).toBeNull();
  await Promise.all([one?.close(), two?.close()]);
  const alone = await lease(url, true);
  expect(alone).not.toBeNull();
  const others = [lease(url, false), lease(url, true), lease(await createTestDatabase(), true)];
  expect(await Promise.all(others)).toEqual([null, null, expect.anything()]);
});

test("a lease is held by a database that has it as renewed, and not by a copy that has it as it was before", async () => {
  const url = await createTestDatabase();
  const { id = "", endsAt = () => 0, onRenewed } = (await lease(url, false)) ?? {};
  const database = openDatabase(url, { poolMax: 1 });
  onTestFinished(() => database.close());
  const isHeld = async (least: number) => (await leasesHeld(database.sql, new Map([[id, least]]))).has(id);
  const taken = endsAt();
  expect(taken).toBeGreaterThan(0);
  await new Promise<void>((resolve) => onRenewed?.(resolve));
  const renewed = endsAt();
  expect(renewed).toBeGreaterThan(taken);
  expect([await isHeld(0), await isHeld(taken), await isHeld(renewed)]).toEqual([true, true, true]);
  // As far as an entry in Redis that is written after many renewals is ahead of the row in a copy.
  expect(await isHeld(renewed + 60_000)).toBe(false);
  expect(await leasesHeld(database.sql, new Map([["another", 0]]))).toEqual(new Set());
});

test("of many that have to be alone and come at once, one gets in", async () => {
  const url = await createTestDatabase();
  const got = await Promise.all(Array.from({ length: 8 }, () => lease(url, true)));
  expect(got.filter((one) => one !== null)).toHaveLength(1);
});

test("an instance that is gone without a word is waited for", async () => {
  const url = await createTestDatabase();
  await inSession(
    url,
    (sql) => sql`insert into instance_leases values ('killed', true, clock_timestamp() + interval '1 second')`,
  );
  expect(await lease(url, true)).toBeNull();
  expect(await lease(url, true, undefined, 5_000)).not.toBeNull();
});

test("an instance on its own Postgres takes over at once from the one that was killed, and keeps others out", async () => {
  const url = await createTestDatabase();
  await inSession(
    url,
    (sql) => sql`insert into instance_leases values ('data folder', false, clock_timestamp() + interval '1 hour')`,
  );
  expect(await lease(url, true, undefined, 0, true)).not.toBeNull();
  expect(await lease(url, false)).toBeNull();
});

test("while Postgres is away a lease outlasts its time, unless another instance comes first", async () => {
  const url = await createTestDatabase();
  const proxy = await startTcpProxy(url);
  onTestFinished(() => proxy.close());
  let lost = false;
  const told = new Promise<void>((resolve) => {
    const onLost = () => {
      lost = true;
      resolve();
    };
    void lease(proxy.through(url), true, onLost);
  });
  /** Whether the one lease there is is good. */
  const isGood = () =>
    inSession(url, async (sql) => {
      const [row] = await sql`select expires_at > clock_timestamp() as good from instance_leases`;
      return row?.good as boolean | undefined;
    });
  await expect.poll(isGood).toBe(true);
  await proxy.refuse();
  await expect.poll(isGood).toBe(false);
  await proxy.pass();
  await expect.poll(isGood).toBe(true);
  expect(lost).toBe(false);
  await proxy.refuse();
  expect(await lease(url, true, undefined, 5_000)).not.toBeNull();
  await proxy.pass();
  await told;
});

test("an instance that has lost its database to another says so and ends with an error", {
  timeout: 120_000,
}, async () => {
  const url = await createTestDatabase();
  const server = await start({ env: { DATABASE_URL: url, REDIS_URL: undefined } });
  await inSession(url, (sql) =>
    sql.begin(async (tx) => {
      await tx`delete from instance_leases`;
      await tx`insert into instance_leases values ('another', true, clock_timestamp() + interval '1 minute')`;
    }),
  );
  expect(await server.ended).toBe(1);
  expect(server.output()).toContain("another Rungs uses this database, and several instances have to share one Redis");
});

test("an instance whose address leads to another database after connections ended says so and ends with an error", {
  timeout: 120_000,
}, async () => {
  const [url, other] = [await createTestDatabase(), await createTestDatabase()];
  const server = await start({ env: { DATABASE_URL: url, REDIS_URL: redisUrl() } });
  const [name, otherName] = [url, other].map((one) => new URL(one).pathname.slice(1));
  const outside = new URL(url);
  outside.pathname = "/postgres";
  await inSession(outside.href, async (sql) => {
    // As by blue and green servers, of which the name then leads to the other.
    await sql.unsafe(`alter database ${name} allow_connections false`);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name as string}`;
    await sql.unsafe(`alter database ${name} rename to ${name}_before`);
    await sql.unsafe(`alter database ${otherName} rename to ${name}`);
  });
  expect(await server.ended).toBe(1);
  expect(server.output()).toContain("DATABASE_URL leads to another database than at the start");
});
