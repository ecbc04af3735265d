/** Several instances on one database: with one Redis they are one, without it there can be only one. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { holdInstanceLock } from "@/db/instance-lock";
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

async function lock(url: string, alone: boolean, onTaken = () => {}) {
  const held = await holdInstanceLock({ url, alone, onTaken });
  if (held) onTestFinished(() => held.close());
  return held;
}

test("those who share come and go as they like, and keep out who has to be alone", async () => {
  const url = await createTestDatabase();
  const [one, two] = [await lock(url, false), await lock(url, false)];
  expect(await lock(url, true)).toBeNull();
  await Promise.all([one?.close(), two?.close()]);
  const alone = await lock(url, true);
  expect(alone).not.toBeNull();
  expect(await Promise.all([lock(url, false), lock(url, true), lock(await createTestDatabase(), true)])).toEqual([
    null,
    null,
    expect.anything(),
  ]);
});

test("who lost the connection takes the lock again, and hears when another was faster", async () => {
  const url = await createTestDatabase();
  const proxy = await startTcpProxy(url);
  onTestFinished(() => proxy.close());
  let taken = false;
  const told = new Promise<void>((resolve) => {
    void lock(proxy.through(url), true, () => {
      taken = true;
      resolve();
    });
  });
  const holder = () =>
    inSession(url, async (sql) => {
      const [row] = await sql`
        select pid from pg_locks where locktype = 'advisory' and granted
          and database = (select oid from pg_database where datname = current_database())`;
      return (row?.pid as number | undefined) ?? null;
    });
  await expect.poll(holder, { timeout: 8_000 }).not.toBeNull();
  const first = await holder();
  proxy.cut();
  await expect.poll(async () => [null, first].includes(await holder()), { timeout: 15_000 }).toBe(false);
  expect(taken).toBe(false);
  await proxy.refuse();
  expect(await lock(url, true)).not.toBeNull();
  await proxy.pass();
  await told;
});
