import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { createTestDatabase } from "@/tests/support/postgres";

let api: ApiServer;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

const newKey = () => ({ "idempotency-key": randomBytes(8).toString("hex") });

async function eventsOf(board: string): Promise<number> {
  const { sql } = api.services.database;
  const [row] = await sql<{ count: number }[]>`
    select count(*) as count from score_events e join boards b on b.uid = e.board_uid where b.id = ${board}`;
  return row?.count ?? -1;
}

test("the same key and body again gives the very same bytes, says so, and counts nothing twice", async () => {
  const board = await api.newBoard({ operator: "incr" });
  const key = newKey();
  const body = {
    scores: [
      { player: "a", score: 3 },
      { player: "b", score: 4 },
      { player: "", score: 5 },
    ],
  };
  const first = await api.score(board, body, key);
  expect(first.status).toBe(200);
  expect(first.headers["idempotent-replayed"]).toBeUndefined();
  expect(first.json().results[1]).toMatchObject({ score: 4, rank: 1 });
  await api.score(board, { player: "a", score: 10 });
  for (let i = 0; i < 3; i++) {
    const again = await api.score(board, body, key);
    expect(again.status).toBe(200);
    expect(again.headers["idempotent-replayed"]).toBe("true");
    expect(again.text).toBe(first.text);
  }
  expect(await eventsOf(board)).toBe(3);
});

test("the same key with another body is refused and writes nothing", async () => {
  const board = await api.newBoard();
  const key = newKey();
  await api.score(board, { player: "a", score: 3 }, key);
  const before = await api.rows();
  const other = await api.score(board, { player: "a", score: 4 }, key);
  expect(other.status).toBe(422);
  expect(other.json().code).toBe("idempotency-mismatch");
  expect(await api.rows()).toEqual(before);
});

test("a key belongs to its board: another API key repeats the post, and does not count it again", async () => {
  const [one, two] = [await api.newBoard({ operator: "incr" }), await api.newBoard()];
  const key = newKey();
  const body = { player: "a", score: 3 };
  const { authorization } = await api.newKey(["scores:write"]);
  const first = await api.score(one, body, key);
  const elsewhere = await api.score(two, body, key);
  const rotated = await api.score(one, body, { ...key, authorization });
  expect([first, elsewhere, rotated].map(({ headers }) => headers["idempotent-replayed"])).toEqual([
    undefined,
    undefined,
    "true",
  ]);
  expect(rotated.text).toBe(first.text);
  expect(await eventsOf(one)).toBe(1);
  expect((await api.score(one, { player: "b", score: 1 }, { ...key, authorization })).status).toBe(422);
});

test("the same scores in other words are the same request", async () => {
  const board = await api.newBoard({ operator: "incr", decimals: 1 });
  const key = newKey();
  const first = await api.score(board, '{"scores":[{"player":"a","score":10}]}', key);
  const again = await api.score(board, '{ "scores": [ { "score": 1.0e1, "player": "\\u0061" } ] }', key);
  expect([first.status, again.status, again.headers["idempotent-replayed"]]).toEqual([200, 200, "true"]);
  expect(again.text).toBe(first.text);
  expect((await api.score(board, '{"scores":[{"player":"a","score":10.5}]}', key)).status).toBe(422);
});

test("a reply from a release that compared bytes is given whatever the bytes", async () => {
  const board = await api.newBoard({ operator: "incr" });
  const key = newKey();
  const first = await api.score(board, { player: "a", score: 3 }, key);
  await api.services.database.sql`
    update idempotency_replies set fingerprint = '' where key = ${key["idempotency-key"]}`;
  expect((await api.score(board, { player: "a", score: 3 }, key)).text).toBe(first.text);
  expect(await eventsOf(board)).toBe(1);
});

test("the key may be quoted, as the standard's draft wants it", async () => {
  const board = await api.newBoard();
  const key = randomBytes(8).toString("hex");
  const first = await api.score(board, { player: "a", score: 3 }, { "idempotency-key": `"${key}"` });
  const again = await api.score(board, { player: "a", score: 3 }, { "idempotency-key": key });
  expect(again.headers["idempotent-replayed"]).toBe("true");
  expect(again.text).toBe(first.text);
});

test("of a hundred at once with one key one counts; the others get its reply, or are told to wait", async () => {
  for (let round = 0; round < 50; round++) {
    const board = await api.newBoard({ operator: "incr" });
    const key = newKey();
    const send = () => api.score(board, { player: "a", score: 1 }, key);
    const replies = await Promise.all(Array.from({ length: 100 }, send));
    const good = replies.filter(({ status }) => status === 200);
    expect(new Set(good.map(({ text }) => text)).size).toBe(1);
    expect(good.filter(({ headers }) => headers["idempotent-replayed"] === undefined)).toHaveLength(1);
    for (const waiting of replies.filter(({ status }) => status !== 200)) {
      expect(waiting.status).toBe(409);
      expect(waiting.json().code).toBe("idempotency-in-flight");
      expect(waiting.headers["retry-after"]).toBe("1");
    }
    expect((await send()).text).toBe(good[0]?.text);
    expect(await eventsOf(board)).toBe(1);
  }
});

test("a body of which nothing was accepted leaves its key unused", async () => {
  const board = await api.newBoard();
  const key = newKey();
  expect((await api.score(board, { player: "a", score: 0.5 }, key)).status).toBe(422);
  const mended = await api.score(board, { player: "a", score: 5 }, key);
  expect(mended.status).toBe(200);
  expect(mended.headers["idempotent-replayed"]).toBeUndefined();
});

test("after a day a key is forgotten", async () => {
  const board = await api.newBoard({ operator: "incr" });
  const key = newKey();
  const send = (score: number) => api.score(board, { player: "a", score }, key);
  await send(1);
  const { sql } = api.services.database;
  const age = (interval: string) =>
    sql`update idempotency_replies set created_at = now() - ${interval}::interval where key = ${key["idempotency-key"]}`;
  await age("23 hours 59 minutes");
  expect((await send(1)).headers["idempotent-replayed"]).toBe("true");
  await age("24 hours 1 minute");
  expect((await send(2)).json().results[0].score).toBe(3);
  expect((await send(2)).headers["idempotent-replayed"]).toBe("true");
});

test("a board that was deleted takes its keys with it", async () => {
  const id = await api.newBoard();
  const { authorization } = await api.newKey(["boards:manage"]);
  const key = newKey();
  await api.score(id, { player: "a", score: 1 }, key);
  await api.call("DELETE", `/api/v1/boards/${id}`, undefined, { authorization });
  await api.newBoard({ id });
  expect((await api.score(id, { player: "a", score: 1 }, key)).headers["idempotent-replayed"]).toBeUndefined();
});

const failures = {
  "the stored reply": ["idempotency_replies", "before insert"],
  "the scores": ["score_events", "before insert"],
  "the commit itself": ["standings", "after insert"],
} as const;

for (const [what, [table, moment]] of Object.entries(failures)) {
  test(`when ${what} fails nothing is written, and the key is still good`, async () => {
    const board = await api.newBoard();
    const { sql } = api.services.database;
    const deferred = moment === "after insert" ? "deferrable initially deferred" : "";
    await sql.unsafe(`
      create function fail() returns trigger language plpgsql as $$ begin raise exception 'on purpose'; end $$;
      create ${deferred && "constraint"} trigger fail ${moment} on ${table} ${deferred} for each row execute function fail()`);
    const key = newKey();
    const before = await api.rows();
    const failed = await api.score(board, { player: "a", score: 3 }, key);
    expect(failed.status).toBe(503);
    expect(failed.json().code).toBe("unavailable");
    expect(failed.headers["retry-after"]).toBe("1");
    expect(failed.text).not.toContain("purpose");
    expect(await api.rows()).toEqual(before);
    await sql.unsafe(`drop trigger fail on ${table}; drop function fail`);
    const again = await api.score(board, { player: "a", score: 3 }, key);
    expect(again.status).toBe(200);
    expect(again.headers["idempotent-replayed"]).toBeUndefined();
    expect(await eventsOf(board)).toBe(1);
  });
}

test("a new process on the same database still knows the reply", async () => {
  const databaseUrl = await createTestDatabase();
  const key = newKey();
  const before = await startApi({ databaseUrl });
  const { authorization } = await before.newKey(["scores:write"]);
  const board = await before.newBoard();
  const send = (server: ApiServer) => server.score(board, { player: "a", score: 3 }, { ...key, authorization });
  const first = await send(before);
  await before.close();
  const after = await startApi({ databaseUrl });
  const again = await send(after);
  await after.close();
  expect(again.headers["idempotent-replayed"]).toBe("true");
  expect(again.text).toBe(first.text);
});
