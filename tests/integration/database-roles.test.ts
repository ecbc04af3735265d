/** Roles that may do little, and what is said where that is too little. */
import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "@/db/client";
import { migrateDatabase } from "@/db/migrate";
import { findBoard } from "@/db/queries/boards";
import { checkDatabase } from "@/lib/embedded/configured-postgres";
import { freePort } from "@/lib/embedded/free-port";
import { inSession } from "@/lib/embedded/postgres-session";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { createTestDatabase } from "@/tests/support/postgres";
import { emptyDatabase } from "@/tests/support/roles";
import { startRungs } from "@/tests/support/server";

async function start(databaseUrl: string, env: Record<string, string> = {}): Promise<ApiServer> {
  const api = await startApi({ databaseUrl, env });
  onTestFinished(() => api.close());
  return api;
}

async function canScore(api: ApiServer): Promise<string> {
  const board = await api.newBoard();
  const reply = await api.score(board, { player: "a", name: "A", score: 1 });
  expect(reply.json()).toMatchObject({ results: [{ status: "applied", rank: 1 }] });
  return board;
}

async function migrate(url: string, schema?: string): Promise<void> {
  const database = openDatabase(url, { poolMax: 2 });
  await migrateDatabase(database, "db/migrations", schema).finally(() => database.close());
}

/** The schemas that hold tables of this database, and how many. */
const tablesBySchema = (url: string) =>
  inSession(url, async (sql) => {
    const rows = await sql<{ schema: string; count: number }[]>`
      select schemaname as schema, count(*)::int from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema') group by 1 order by 1`;
    return Object.fromEntries(rows.map(({ schema, count }) => [schema, count]));
  });

test("a role that may use nothing but the schema of its name has everything there", async () => {
  const { url, role, admin } = await emptyDatabase();
  await admin(`create schema authorization ${role}`);
  await canScore(await start(url));
  expect(await tablesBySchema(url)).toEqual({ [role]: expect.any(Number) });
});

test("?schema= names another one, and two of them are two installations", async () => {
  const { url, role, admin, name } = await emptyDatabase();
  await admin(`create schema one authorization ${role}`);
  await admin(`grant create on database ${name} to ${role}`);
  const one = await start(`${url}?schema=one`);
  const board = await canScore(one);
  expect((await one.get(`/api/v1/boards/${board}`)).status).toBe(200);
  await one.close();
  const two = await start(`${url}?schema=two`, { REDIS_URL: "" });
  expect((await two.get(`/api/v1/boards/${board}`)).status).toBe(404);
  await canScore(two);
  const tables = await tablesBySchema(url);
  expect(Object.keys(tables)).toEqual(["one", "two"]);
  expect(tables.one).toBe(tables.two);
});

test("a role that may not create in its schema is refused in one line with Postgres' reason", {
  timeout: 90_000,
}, async () => {
  const { url, role } = await emptyDatabase();
  const refused = await startRungs({ env: { DATABASE_URL: url } }).catch(({ message }: Error) => message.split("\n"));
  expect(refused).toEqual([
    "Rungs did not start:",
    `rungs: Postgres: user "${role}" lacks a right (permission denied for schema public): grant it usage and create on the schema, and the tables there.`,
    "",
  ]);
});

test("once the tables are there, a role needs no more than to read and write them", async () => {
  const { url, role, admin } = await emptyDatabase();
  const asAdmin = await adminUrl(url);
  await migrate(asAdmin);
  await admin(`grant select, insert, update, delete on all tables in schema public to ${role}`);
  await admin(`grant usage on all sequences in schema public to ${role}`);
  await canScore(await start(url));
});

test("a role whose transactions may hardly idle migrates", async () => {
  const { url, role, admin } = await emptyDatabase();
  await admin(`create schema authorization ${role}`);
  await admin(`alter role ${role} set idle_in_transaction_session_timeout = '50ms'`);
  await migrate(url);
});

test("first starts at once migrate once", async () => {
  const { url, role, admin } = await emptyDatabase();
  await admin(`create schema authorization ${role}`);
  await Promise.all(Array.from({ length: 6 }, () => migrate(url)));
  const [found] = await inSession(
    url,
    (sql) => sql`
      select (select count(*)::int from rungs_migrations) = (select count(distinct hash)::int from rungs_migrations) as once,
        (select count(*)::int from installation) as installations`,
  );
  expect(found).toEqual({ once: true, installations: 1 });
});

test("an installation whose journal drizzle kept goes on, and has nothing applied twice", async () => {
  const url = await createTestDatabase();
  const board = await canScore(await start(url));
  await inSession(url, (sql) =>
    sql.begin(async (tx) => {
      await tx`create schema drizzle`;
      await tx`create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`;
      await tx`insert into drizzle.__drizzle_migrations (hash, created_at)
        select hash, created_at from rungs_migrations where created_at < 1795823087379`;
      await tx`drop table rungs_migrations, instance_leases, deleted_boards`;
    }),
  );
  const api = await start(url);
  expect((await api.get(`/api/v1/boards/${board}`)).json()).toMatchObject({ total: 1 });
});

test.each([5, 2])(
  "with a pool of %i, posts, reads, inboxes and rebuilds all are served",
  { timeout: 90_000 },
  async (connections) => {
    const { url, role, admin } = await emptyDatabase(`connection limit ${connections}`);
    await admin(`create schema authorization ${role}`);
    // The role's own limit makes the pool that small.
    const api = await start(url, { DATABASE_POOL_MAX: "20" });
    const [board, other] = [await api.newBoard(), await api.newBoard()];
    const uid = (await findBoard(api.services.database.db, board))?.uid ?? 0;
    await api.score(board, { player: "p1", name: "P", score: 0 });
    const statuses: number[] = [];
    const until = performance.now() + 4_000;
    const repeat = async (work: (i: number) => Promise<{ status: number }>) => {
      for (let i = 0; performance.now() < until; i++) statuses.push((await work(i)).status);
    };
    await Promise.all([
      ...Array.from({ length: 16 }, (_, w) =>
        repeat((i) => api.score(w % 2 ? board : other, { player: `p${w}`, name: "P", score: i })),
      ),
      repeat(() => api.get(`/api/v1/boards/${board}?limit=1000&offset=1`)),
      repeat(() => api.get(`/api/v1/boards/${board}/players/p1?around=5`)),
      repeat(() => api.get(`/api/v1/boards/${board}/players/p1/events`)),
      repeat(async () => {
        await api.services.index.drop(uid);
        return api.get(`/api/v1/boards/${board}/players?q=p`);
      }),
    ]);
    expect(statuses.length).toBeGreaterThan(50);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  },
);

async function adminUrl(url: string): Promise<string> {
  const admin = new URL(await createTestDatabase());
  admin.pathname = new URL(url).pathname;
  return admin.href;
}

async function problemOf(url: string): Promise<string> {
  return checkDatabase(url).then(
    () => "none",
    ({ message }: Error) => message,
  );
}

test("what is wrong with a database is said with the reason that Postgres or the system gave", async () => {
  const { url, role, name } = await emptyDatabase("connection limit 0");
  const at = (change: (url: URL) => void, base = url) => {
    const changed = new URL(base);
    change(changed);
    return changed.href;
  };
  const { host } = new URL(url);
  const good = new URL(await createTestDatabase());
  const port = await freePort();
  const ends = ". Correct it, or leave it out to use the embedded Postgres.";
  expect(await problemOf(url)).toBe(
    `DATABASE_URL: the Postgres at ${host} has no connection left for user "${role}" (too many connections for role "${role}"): ` +
      `raise its limit, or lower DATABASE_POOL_MAX of all instances${ends}`,
  );
  const wrong = at((changed) => Object.assign(changed, { password: "wrong" }), good.href);
  expect(await problemOf(wrong)).toBe(
    `DATABASE_URL: the Postgres at ${host} does not let user "rungs" in (password authentication failed for user "rungs")${ends}`,
  );
  expect(await problemOf(at((changed) => Object.assign(changed, { pathname: "/none" }), good.href))).toBe(
    `DATABASE_URL: there is no database "none" at ${host}${ends}`,
  );
  expect(await problemOf(`postgres://u:p@/db?host=/none`)).toBe(
    `DATABASE_URL: no Postgres answers at the socket /none/.s.PGSQL.5432 (no such file)${ends}`,
  );
  expect(await problemOf(`postgres://u:p@127.0.0.1:${port}/db`)).toBe(
    `DATABASE_URL: no Postgres answers at 127.0.0.1:${port} (connection refused)${ends}`,
  );
  expect(await problemOf(`${good.href}?options=-cdefault_transaction_read_only%3Don`)).toBe(
    `DATABASE_URL: that Postgres takes no writes, since default_transaction_read_only is on for it${ends}`,
  );
  expect(await problemOf(`${good.href}?options=-cno_such_setting%3Don`)).toContain("no_such_setting");
  expect(name).toMatch(/^test_/);
});
