import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openDatabase } from "@/db/client";
import { migrateDatabase } from "@/db/migrate";
import { migrationsFolder, readJournal, withMigrationsUpTo } from "@/db/schema-version";
import { type Restored, restoreBackup, verifyBackup } from "@/lib/backup/restore-backup";
import { writeWholeFile } from "@/lib/backup/whole-file";
import { writeBackup } from "@/lib/backup/write-backup";
import { inSession } from "@/lib/embedded/postgres-session";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { goodPassword } from "@/tests/support/auth";
import { rungs } from "@/tests/support/command";
import { embeddedMajor, findOtherPostgres, startOtherPostgres } from "@/tests/support/other-postgres";
import { createEmptyDatabase, createTestDatabase } from "@/tests/support/postgres";
import { newFolder, tempFolder } from "@/tests/support/temp-folder";

// Commands are processes of their own, and some start a Postgres.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const otherPostgres = await findOtherPostgres();

let api: ApiServer;
let board: string;
let folder: string;
let file: string;
let authorization: string;
/** Events before the backup began. */
const acknowledged = 10_001;

beforeAll(async () => {
  api = await startApi();
  folder = await newFolder();
  file = join(folder, "rungs.backup");
  await api.signIn();
  board = await api.newBoard({ operator: "incr", tiebreaks: [{ name: "t", order: "asc" }] });
  // Of a size at which COPY meets backpressure.
  for (let batch = 0; batch < 10; batch++) await postBatch(batch);
  await api.score(board, { player: "odd\\.", name: '\\N "é🪜', score: 1, tiebreaks: [0] });
  ({ authorization } = await api.newKey(["scores:write"]));
  const backup = rungs(["backup", file], { DATABASE_URL: api.databaseUrl, DATA_DIR: folder });
  const done = backup.then(() => true);
  for (let post = 0; !(await Promise.race([done, false])); post++) {
    await api.score(board, { player: `during-${post % 7}`, score: 1, tiebreaks: [post] });
  }
  expect(await backup).toMatchObject({
    code: 0,
    stdout: "",
    stderr: expect.stringContaining("Backup written: 1 board,"),
  });
});

afterAll(async () => {
  await api.close();
});

async function postBatch(batch: number): Promise<void> {
  const scores = Array.from({ length: 1_000 }, (_, i) => ({
    player: `p${(batch * 7 + i) % 3_000}`,
    score: i,
    tiebreaks: [i % 9],
  }));
  expect((await api.score(board, { scores })).status).toBe(200);
}

async function withRestored<T>(url: string, path: string, work: (restored: Restored) => Promise<T>): Promise<T> {
  const database = openDatabase(url);
  try {
    const journal = await readJournal(migrationsFolder);
    const { header } = await verifyBackup(path, journal, () => undefined);
    return await work(
      await restoreBackup({ database, path, migrationsFolder, journal, onProgress: () => undefined }, header),
    );
  } finally {
    await database.close();
  }
}

/** @param onEvents happens while the first events are read; no more is written before its end */
async function backupTo(path: string, url: string, onEvents?: () => Promise<unknown>) {
  const database = openDatabase(url);
  let happened: Promise<unknown> | undefined;
  const onProgress = (table: string) => {
    if (table !== "score_events" || happened || !onEvents) return;
    happened = onEvents();
    // It reaches whoever writes next.
    happened.catch(() => undefined);
  };
  try {
    const journal = await readJournal(migrationsFolder);
    const sql = database.unbounded;
    return await writeWholeFile(path, (file) => {
      const output = new Writable({
        write: (piece, _encoding, done) => void Promise.resolve(happened).then(() => file.write(piece, done), done),
        final: (done) => void file.end(done),
      });
      return writeBackup({ sql, journal, release: "0.0.0", output, onProgress });
    });
  } finally {
    await database.close();
  }
}

test("a backup made while scores are posted is restored as of one moment, beside the original on one Redis, and goes on", async () => {
  const databaseUrl = await createEmptyDatabase();
  const restored = await rungs(["restore", file], { DATABASE_URL: databaseUrl, DATA_DIR: folder });
  expect(restored).toMatchObject({ code: 0, stdout: "" });
  expect(restored.stderr).not.toContain("corrected");
  const seq = await inSession(databaseUrl, async (sql) => Number((await sql`select seq from boards`)[0]?.seq));
  expect(seq).toBeGreaterThanOrEqual(acknowledged);
  // Before the copy starts: routes belong to the server of this process that started last.
  const then = (await api.get(`/api/v1/boards/${board}/at?seq=${seq}&limit=1000`)).json();
  const copy = await startApi({ databaseUrl });
  try {
    const get = async (path: string) => (await copy.get(`/api/v1/boards/${board}${path}`)).json();
    expect((await get("/timeline")).seq).toBe(seq);
    expect((await get("?limit=1000")).entries).toEqual(then.entries);
    const odd = encodeURIComponent("odd\\.");
    expect(await get(`/players/${odd}`)).toMatchObject({ entry: { name: '\\N "é🪜', score: 1 } });
    expect(await get(`/players/${odd}/events`)).toMatchObject({ events: [{ score: 1 }] });
    const account = { email: "ada@example.com", password: goodPassword };
    const browser = { origin: copy.services.env.publicUrl };
    expect((await copy.call("POST", "/api/auth/sign-in/email", account, browser)).status).toBe(200);
    const key = { authorization };
    const posted = await copy.score(board, { player: "later", score: 1e6, tiebreaks: [1] }, key);
    expect(posted.json()).toMatchObject({ results: [{ player: "later", status: "applied", rank: 1 }] });
    const { entries } = (await api.get(`/api/v1/boards/${board}?limit=1`)).json();
    expect(entries[0].player).not.toBe("later");
  } finally {
    await copy.close();
  }
});

test("a backup is restored into a data folder that is made for it", async () => {
  const dataDir = join(await tempFolder(0o711), "data");
  expect(await rungs(["restore", file], { DATA_DIR: dataDir })).toMatchObject({ code: 0, stdout: "" });
  const listed = await rungs(["board", "list", "--json"], { DATA_DIR: dataDir });
  expect(JSON.parse(listed.stdout)).toMatchObject([{ id: board, operator: "incr" }]);
});

test("a backup that another backup is made of after its restore has the same rows in every table", async () => {
  const url = await createEmptyDatabase();
  const again = join(await tempFolder(), "again.backup");
  await withRestored(url, file, async ({ trailer, corrected }) => {
    expect(corrected).toEqual([]);
    expect((await backupTo(again, url)).tables).toEqual(trailer.tables);
  });
  const id = (of: string) => inSession(of, async (sql) => (await sql`select id from installation`)[0]?.id);
  expect(await id(url)).not.toBe(await id(api.databaseUrl));
  // Ids of inbox items that the original has given since are not given again.
  const next = await inSession(url, (sql) => sql`select nextval('inbox_items_id_seq')::float8 as id`);
  expect(next[0]?.id).toBeGreaterThan(1.7e12);
});

test.skipIf(!otherPostgres)(
  `a backup of Postgres ${embeddedMajor} is restored into another version, and back`,
  async () => {
    const other = await startOtherPostgres(otherPostgres ?? "");
    try {
      const back = join(await tempFolder(), "back.backup");
      await withRestored(other.url, file, async ({ trailer }) => {
        expect((await backupTo(back, other.url)).tables).toEqual(trailer.tables);
      });
      await withRestored(await createEmptyDatabase(), back, async ({ corrected }) => expect(corrected).toEqual([]));
    } finally {
      await other.stop();
    }
  },
);

test("a backup of an earlier release is made without a migration, and migrated when it is restored", async () => {
  const [old, fresh] = [await createEmptyDatabase(), await createEmptyDatabase()];
  const database = openDatabase(old);
  await withMigrationsUpTo(migrationsFolder, "0004_search_players", (earlier) => migrateDatabase(database, earlier));
  await database.sql`
    insert into boards (id, name, sort_order, operator, decimals, tiebreaks, rank_style, delivery, seq, last_change)
    values ('old', 'Old', 'desc', 'best', 0, '[]', 'ordinal', 'polling', 2, 2)`;
  await database.sql`insert into standings select uid, p, p, 1, null, null, null, null, 2, 2 from boards, unnest(array['a', 'b']) p`;
  await database.close();
  const path = join(await tempFolder(), "old.backup");
  await backupTo(path, old);
  await withRestored(fresh, path, async ({ header }) => {
    expect(header.schema).toBe("0004_search_players");
    const rows = await inSession(fresh, (sql) => sql`select id, players, seq_sum::int4 as sum from boards`);
    expect([...rows]).toEqual([{ id: "old", players: 2, sum: 4 }]);
  });
  const isMigrated = (sql: Parameters<Parameters<typeof inSession>[1]>[0]) =>
    sql`select 1 from pg_attribute where attrelid = to_regclass('boards') and attname = 'digest'`;
  expect([...(await inSession(old, isMigrated))]).toEqual([]);
  expect([...(await inSession(fresh, isMigrated))]).toHaveLength(1);
});

test("a damaged file is refused before there is anything, and a database with rows stays as it is", async () => {
  const dataDir = join(await tempFolder(0o711), "data");
  const whole = await readFile(file);
  const damaged = join(await tempFolder(), "damaged.backup");
  whole[whole.length >> 1] = (whole[whole.length >> 1] ?? 0) ^ 0x10;
  await writeFile(damaged, whole);
  const refused = await rungs(["restore", damaged], { DATA_DIR: dataDir });
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/cannot be restored: it (is damaged|was altered)/),
  });
  await expect(stat(dataDir)).rejects.toMatchObject({ code: "ENOENT" });

  const rows = await api.rows();
  const onto = await rungs(["restore", file], { DATABASE_URL: api.databaseUrl, DATA_DIR: dataDir });
  expect(onto).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("the database is not empty: it has rows in organizers"),
  });
  expect(await api.rows()).toEqual(rows);
  const over = await rungs(["backup", file], { DATABASE_URL: api.databaseUrl, DATA_DIR: dataDir });
  expect(over).toMatchObject({ code: 1, stderr: expect.stringContaining("exists: give another name") });
});

test("a refusal by Postgres in the middle leaves the database empty, so that the restore can be tried again", async () => {
  const url = await createTestDatabase();
  await inSession(url, (sql) => sql`alter table standings add constraint refused check (player <> 'during-0')`);
  await expect(withRestored(url, file, async () => undefined)).rejects.toMatchObject({ code: "23514" });
  expect([...(await inSession(url, (sql) => sql`select 1 from boards`))]).toEqual([]);
  await inSession(url, (sql) => sql`alter table standings drop constraint refused`);
  await withRestored(url, file, async ({ corrected }) => expect(corrected).toEqual([]));
});

test("a backup that loses its connection or its reader fails, and leaves no file", async () => {
  const gone = join(await tempFolder(), "gone.backup");
  const terminate = () =>
    inSession(
      api.databaseUrl,
      (sql) => sql`select pg_terminate_backend(pid) from pg_stat_activity where query like 'copy "score_events"%'`,
    );
  await expect(backupTo(gone, api.databaseUrl, terminate)).rejects.toThrow();
  const failing = () => Promise.reject(new Error("the reader has gone"));
  await expect(backupTo(gone, api.databaseUrl, failing)).rejects.toThrow("the reader has gone");
  expect(await readdir(dirname(gone))).toEqual([]);
});
