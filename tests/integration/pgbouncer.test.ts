/** A PgBouncer in transaction mode with its default settings between Rungs and Postgres. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "@/db/client";
import { inspectDatabase } from "@/db/inspect";
import { inSession } from "@/lib/embedded/postgres-session";
import { startApi } from "@/tests/support/api-server";
import { type PgBouncer, startPgBouncer } from "@/tests/support/pgbouncer";
import { createTestDatabase } from "@/tests/support/postgres";
import { type RungsOptions, type RungsServer, startRungs } from "@/tests/support/server";
import { tempFolder } from "@/tests/support/temp-folder";

let databaseUrl: string;

beforeAll(async () => {
  databaseUrl = await createTestDatabase();
});

async function start(options: RungsOptions): Promise<RungsServer> {
  const server = await startRungs(options);
  onTestFinished(async () => {
    await server.stop();
  });
  return server;
}

async function bouncer(options: { settings?: string[]; names?: string[] } = {}): Promise<PgBouncer> {
  const pooler = await startPgBouncer({ folder: await tempFolder(), url: databaseUrl, ...options });
  onTestFinished(() => pooler.stop());
  return pooler;
}

/** The sample board's key, as the start prints it. */
const keyOf = (server: RungsServer) => /Bearer (\S+?)"/.exec(server.output())?.[1] ?? "";

async function post({ url }: RungsServer, key: string, player: string, score: number): Promise<Response> {
  return fetch(`${url}/api/v1/boards/sample/scores`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "idempotency-key": `${player}-1` },
    body: JSON.stringify({ player, name: player, score }),
  });
}

/** The command line, on the stores of a running server. */
async function rungs({ dataDir }: RungsServer, ...words: string[]): Promise<void> {
  const env = { ...process.env, DATA_DIR: dataDir };
  await promisify(execFile)(process.execPath, ["scripts/rungs.mjs", ...words], { env });
}

async function openStream(url: string): Promise<{ until(pattern: RegExp): Promise<string> }> {
  const reader = (await fetch(url)).body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    async until(pattern) {
      while (!pattern.test(text)) {
        const { done, value } = (await reader?.read()) ?? { done: true };
        if (done) throw new Error(`The stream ended: ${text}`);
        text += value ?? "";
      }
      return text;
    },
  };
}

async function entries({ url }: RungsServer): Promise<{ player: string; score: number }[]> {
  const board = (await (await fetch(`${url}/api/v1/boards/sample`)).json()) as { entries: never[]; stale?: boolean };
  expect(board.stale).toBeUndefined();
  return board.entries;
}

test("with a private Redis it starts, takes posts, streams them, and starts again through another pool at once", {
  timeout: 120_000,
}, async () => {
  const pooler = await bouncer({ names: ["one", "two"] });
  const dataDir = join(await tempFolder(0o700), "data");
  const env = { REDIS_URL: undefined, LOG_LEVEL: "info" };
  const first = await start({ env: { ...env, DATABASE_URL: pooler.through(databaseUrl, "one") }, dataDir });
  const key = keyOf(first);
  const posts = Array.from({ length: 60 }, (_, i) => post(first, key, `p${i}`, i));
  expect(new Set((await Promise.all(posts)).map(({ status }) => status))).toEqual(new Set([200]));
  expect((await entries(first))[0]).toMatchObject({ player: "p59", score: 59 });
  await rungs(first, "board", "set", "sample", "--delivery", "sse");
  const stream = await openStream(`${first.url}/api/v1/boards/sample/stream`);
  // Longer than a lease: it is renewed, whichever sessions the pooler gives.
  const since = performance.now();
  for (let i = 0; performance.now() - since < 7_000; i++) {
    expect((await post(first, key, `q${i}`, 100 + i)).status).toBe(200);
  }
  expect(await stream.until(/"player":"q3"/)).toContain("event: delta");
  expect(await (await fetch(`${first.url}/readyz`)).json()).toMatchObject({ status: "ready" });
  expect(await first.stop()).toBe(0);
  expect(first.output()).not.toContain("another Rungs");
  const began = performance.now();
  const second = await start({ env: { ...env, DATABASE_URL: pooler.through(databaseUrl, "two") }, dataDir });
  expect(performance.now() - began).toBeLessThan(20_000);
  expect(second.output()).not.toContain("another Rungs");
  expect((await entries(second)).length).toBeGreaterThan(60);
  expect((await post(second, key, "p0", 0)).status).toBe(200);
});

test("it is recognised, and a direct connection is recognised as one", async () => {
  const pooler = await bouncer();
  expect(await inspectDatabase(databaseUrl)).toMatchObject({ pooled: false });
  expect(await inspectDatabase(pooler.through(databaseUrl))).toMatchObject({ pooled: true });
  expect(await inspectDatabase(`${databaseUrl}?pgbouncer=true`)).toMatchObject({ pooled: true });
});

test("statements with the same text work in whichever session they come to, and leave nothing there", async () => {
  const pooler = await bouncer({ settings: ["default_pool_size = 3"] });
  const database = openDatabase(pooler.through(databaseUrl), { pooled: true });
  onTestFinished(() => database.close());
  for (let round = 0; round < 20; round++) {
    const asked = Array.from({ length: 20 }, (_, i) => database.sql`select ${i}::int as i, ${[i]}::int8[] as list`);
    const answers = await Promise.all(asked);
    expect(answers.map(([row]) => row)).toEqual(Array.from({ length: 20 }, (_, i) => ({ i, list: [i] })));
  }
  const left = await database.sql`
    select (select count(*)::int from pg_prepared_statements) as statements,
      (select count(*)::int from pg_locks where locktype = 'advisory' and database = (
        select oid from pg_database where datname = current_database())) as locks`;
  expect([...left]).toEqual([{ statements: 0, locks: 0 }]);
});

test("a schema that the role does not have set is refused with the statement that sets it", async () => {
  const pooler = await bouncer();
  const url = `${pooler.through(databaseUrl)}?schema=apart`;
  await expect(startApi({ databaseUrl: url })).rejects.toThrow(
    /^DATABASE_URL: through a connection pooler the schema is a setting of the role: alter role "rungs" in database "test_\w+" set search_path = apart\./,
  );
  const name = new URL(databaseUrl).pathname.slice(1);
  await inSession(databaseUrl, (sql) => sql.unsafe(`alter role rungs in database ${name} set search_path = apart`));
  onTestFinished(async () => {
    await inSession(databaseUrl, (sql) => sql.unsafe(`alter role rungs in database ${name} reset search_path`));
  });
  const again = await bouncer();
  const api = await startApi({ databaseUrl: `${again.through(databaseUrl)}?schema=apart` });
  onTestFinished(() => api.close());
  const board = await api.newBoard();
  expect((await api.score(board, { player: "a", name: "A", score: 1 })).status).toBe(200);
  const rows = await inSession(databaseUrl, (sql) => sql`select id from apart.boards`);
  expect([...rows]).toEqual([{ id: board }]);
});
