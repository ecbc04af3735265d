import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type ApiServer, startApi } from "@/tests/support/api-server";

let api: ApiServer;
let organizer: Record<string, string>;
let manager: Record<string, string>;

beforeAll(async () => {
  api = await startApi();
  organizer = await api.signIn();
  const { authorization } = await api.newKey(["boards:manage"]);
  manager = { authorization };
});

afterAll(() => api.close());

const at = (board: string) => `/api/v1/boards/${board}`;

const defaults = {
  order: "desc",
  operator: "best",
  decimals: 0,
  tiebreaks: [],
  rankStyle: "competition",
  delivery: "polling",
};

/** What only organizers see. */
const closed = { embedHosts: [] };

test("a new board has the defaults, is found where Location says, and is empty", async () => {
  const made = await api.call("POST", "/api/v1/boards", { id: "plain", name: "Plain" }, manager);
  expect(made.status).toBe(201);
  expect(made.headers.location).toBe("/api/v1/boards/plain");
  const plain = { id: "plain", name: "Plain", ...defaults };
  expect(made.json()).toEqual({ ...plain, ...closed });
  const { board, total, entries } = (await api.get(made.headers.location ?? "")).json();
  expect({ board, total, entries }).toEqual({ board: plain, total: 0, entries: [] });
});

test("a new board whose random uid is taken gets another one", async () => {
  const { sql } = api.services.database;
  await api.call("POST", "/api/v1/boards", { id: "first", name: "First" }, manager);
  const [{ uid } = { uid: 0 }] = await sql<{ uid: number }[]>`select uid from boards where id = 'first'`;
  const [{ was } = { was: "" }] = await sql<{ was: string }[]>`
    select column_default as was from information_schema.columns where table_name = 'boards' and column_name = 'uid'`;
  await sql`create sequence draws`;
  const drawn = `case nextval('draws') when 1 then ${uid} else (${was}) end`;
  await sql.unsafe(`alter table boards alter column uid set default ${drawn}`);
  onTestFinished(async () => {
    await sql.unsafe(`alter table boards alter column uid set default ${was}`);
  });
  const made = await api.call("POST", "/api/v1/boards", { id: "second", name: "Second" }, manager);
  expect(made.status).toBe(201);
  expect((await sql`select last_value::int4 as draws from draws`)[0]).toEqual({ draws: 2 });
});

test("a new board has everything that was asked for", async () => {
  const input = {
    id: "special",
    name: "Besondere Wertung ⭐",
    order: "asc",
    operator: "incr",
    decimals: 3,
    tiebreaks: [
      { name: "penalty", order: "asc" },
      { name: "Bonus_2-a", order: "desc" },
    ],
    rankStyle: "dense",
    delivery: "sse",
  };
  const made = await api.call("POST", "/api/v1/boards", input, manager);
  expect(made.json()).toEqual({ ...input, ...closed });
  expect((await api.get(at("special"))).json().board).toEqual(input);
});

test("an id that is taken is a conflict, also for one of two who come at once", async () => {
  const make = (name: string) => api.call("POST", "/api/v1/boards", { id: "taken", name }, manager);
  const replies = await Promise.all(["one", "two"].map(make));
  expect(replies.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  const again = await make("three");
  expect(again.status).toBe(409);
  expect(again.json().code).toBe("board-exists");
  const winner = replies.find(({ status }) => status === 201)?.json();
  expect({ ...(await api.get(at("taken"))).json().board, ...closed }).toEqual(winner);
});

test.each([
  ["an id with capitals", { id: "No", name: "x" }, "/id"],
  ["an id that starts with a dash", { id: "-a", name: "x" }, "/id"],
  ["an id of 64 characters", { id: "a".repeat(64), name: "x" }, "/id"],
  ["an id that ends with a line break", { id: "a\n", name: "x" }, "/id"],
  ["no id", { name: "x" }, "/id"],
  ["no name", { id: "bad" }, "/name"],
  ["an empty name", { id: "bad", name: "" }, "/name"],
  ["a name of 129 characters", { id: "bad", name: "🪜".repeat(129) }, "/name"],
  ["an unknown order", { id: "bad", name: "x", order: "up" }, "/order"],
  ["an unknown operator", { id: "bad", name: "x", operator: "avg" }, "/operator"],
  ["7 decimals", { id: "bad", name: "x", decimals: 7 }, "/decimals"],
  ["half a decimal", { id: "bad", name: "x", decimals: 0.5 }, "/decimals"],
  ["decimals in quotes", { id: "bad", name: "x", decimals: "2" }, "/decimals"],
  [
    "five tiebreaks",
    { id: "bad", name: "x", tiebreaks: [..."abcde"].map((name) => ({ name, order: "asc" })) },
    "/tiebreaks",
  ],
  [
    "two tiebreaks of one name",
    { id: "bad", name: "x", tiebreaks: [..."aa"].map((name) => ({ name, order: "asc" })) },
    "/tiebreaks",
  ],
  ["a tiebreak without order", { id: "bad", name: "x", tiebreaks: [{ name: "a" }] }, "/tiebreaks/0/order"],
  ["something unknown", { id: "bad", name: "x", colour: "red" }, ""],
  ["a uid of its own choice", { id: "bad", name: "x", uid: 1 }, ""],
  ["a list", [], ""],
  ["null", null, ""],
])("a board is not made with %s", async (_, body, pointer) => {
  const before = await api.rows();
  const reply = await api.call("POST", "/api/v1/boards", body, manager);
  expect(reply.status).toBe(422);
  expect(reply.json().code).toBe("invalid-request");
  expect(reply.json().errors[0].pointer).toBe(pointer);
  expect(await api.rows()).toEqual(before);
});

test("name, rank style and delivery change at any time, and the cached page shows it at once", async () => {
  const board = await api.newBoard();
  await api.score(board, { scores: ["a", "b", "c"].map((player, i) => ({ player, score: i === 2 ? 1 : 2 })) });
  expect((await api.get(at(board))).json().entries[2].rank).toBe(3);
  const change = { name: "New name", rankStyle: "dense", delivery: "sse" };
  const changed = await api.call("PATCH", at(board), change, organizer);
  expect(changed.status).toBe(200);
  const now = { id: board, ...defaults, ...change };
  expect(changed.json()).toEqual({ ...now, ...closed });
  const served = (await api.get(at(board))).json();
  expect(served.board).toEqual(now);
  expect(served.entries[2].rank).toBe(2);
  expect((await api.get(`${at(board)}/players/c`)).json().entry.rank).toBe(2);
});

test("what gives the scores their meaning can only change while the board is empty", async () => {
  const board = await api.newBoard();
  const meaning = {
    order: "asc",
    operator: "incr",
    decimals: 2,
    tiebreaks: [{ name: "time", order: "asc" }],
  };
  expect((await api.call("PATCH", at(board), meaning, manager)).json()).toMatchObject(meaning);
  const posted = await api.score(board, '{"player":"p","score":1.25,"tiebreaks":[0.5]}');
  expect(posted.json().results).toMatchObject([{ status: "applied", score: 1.25, tiebreaks: [0.5] }]);

  const before = await api.rows();
  for (const [field, value] of Object.entries({ ...defaults, name: undefined }).slice(0, 4)) {
    const refused = await api.call("PATCH", at(board), { name: "Other", [field]: value }, manager);
    expect(refused.status).toBe(409);
    expect(refused.json()).toMatchObject({ code: "board-not-empty", errors: [{ pointer: `/${field}` }] });
  }
  expect(await api.rows()).toEqual(before);
  expect((await api.get(at(board))).json().board.name).toBe("A board");
  // Saying again what is so already is no change.
  expect((await api.call("PATCH", at(board), { ...meaning, name: "Other" }, manager)).status).toBe(200);
});

test("a change needs to change something, and a board to change", async () => {
  const board = await api.newBoard();
  for (const body of [{}, { id: "other" }, { revision: 9 }, [], "name"]) {
    expect((await api.call("PATCH", at(board), JSON.stringify(body), manager)).status).toBe(422);
  }
  const missing = await api.call("PATCH", at("no-such-board"), { name: "x" }, manager);
  expect([missing.status, missing.json().code]).toEqual([404, "board-not-found"]);
});

test("a deleted board is gone with everything, and its id starts anew without a trace", async () => {
  const id = await api.newBoard({ operator: "incr" });
  await api.score(id, { player: "a", score: 5, name: "Old" }, { "idempotency-key": "once" });
  const { epoch } = (await api.get(at(id))).json();
  const removed = await api.call("DELETE", at(id), undefined, manager);
  expect([removed.status, removed.text]).toEqual([204, ""]);
  const gone = [
    await api.get(at(id)),
    await api.get(`${at(id)}/players/a`),
    await api.get(`${at(id)}/stream`),
    await api.score(id, { player: "a", score: 1 }),
    await api.call("PATCH", at(id), { name: "x" }, manager),
    await api.call("DELETE", at(id), undefined, manager),
  ];
  expect(gone.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
  expect(gone.map((reply) => reply.json().code)).toEqual(gone.map(() => "board-not-found"));
  expect((await api.call("POST", "/api/v1/boards", { id, name: "Again" }, manager)).status).toBe(201);
  const fresh = (await api.get(at(id))).json();
  expect(fresh).toMatchObject({ total: 0, entries: [], board: { operator: "best" } });
  expect(fresh.epoch).not.toBe(epoch);
  const reply = await api.score(id, { player: "a", score: 1 }, { "idempotency-key": "once" });
  expect(reply.json().results).toMatchObject([{ status: "applied", score: 1, rank: 1, previousRank: null }]);
  await expectNoTraces();
  expect((await api.get(at(id))).json().entries).toMatchObject([{ name: "a", score: 1 }]);
});

/** Waits until there are no rows of boards that are gone. */
async function expectNoTraces(): Promise<void> {
  const { sql } = api.services.database;
  const traces = () => sql`
    select (select count(*) from score_events where board_uid not in (select uid from boards)) as events,
           (select count(*) from standings where board_uid not in (select uid from boards)) as standings,
           (select count(*) from idempotency_replies where board_uid not in (select uid from boards)) as replies,
           (select count(*) from deleted_boards) as boards`;
  await expect.poll(traces, { timeout: 9_000 }).toEqual([{ events: 0, standings: 0, replies: 0, boards: 0 }]);
}

test("a board is deleted, and its id free, however long it takes to erase its scores", async () => {
  const id = await api.newBoard();
  for (const player of ["a", "b"]) await api.score(id, { player, score: 5 });
  const { uid } = (await api.services.liveBoards.get(id)).board;
  const { sql } = api.services.database;
  await sql.begin(async (tx) => {
    await tx`select from score_events where board_uid = ${uid} for update`;
    expect((await api.call("DELETE", at(id), undefined, manager)).status).toBe(204);
    expect((await api.get(at(id))).status).toBe(404);
    expect((await api.call("POST", "/api/v1/boards", { id, name: "Again" }, manager)).status).toBe(201);
    expect((await api.score(id, { player: "c", score: 1 })).json().results).toMatchObject([{ rank: 1 }]);
    expect(await sql`select player from score_events where board_uid = ${uid}`).toHaveLength(2);
  });
  await expectNoTraces();
  expect((await api.get(at(id))).json()).toMatchObject({ total: 1, entries: [{ player: "c" }] });
});

test("scores that are posted while their board is deleted are either counted before or find nothing", async () => {
  for (let round = 0; round < 5; round++) {
    const id = await api.newBoard();
    await api.get(at(id));
    const posts = Array.from({ length: 20 }, (_, i) => api.score(id, { player: `p${i}`, score: i }));
    const removed = api.call("DELETE", at(id), undefined, manager);
    const statuses = new Set((await Promise.all(posts)).map(({ status }) => status));
    expect((await removed).status).toBe(204);
    expect([...statuses].filter((status) => status !== 200 && status !== 404)).toEqual([]);
  }
  await expectNoTraces();
});

test("the list is public, by name, and says how many players there are", async () => {
  const [last, first] = [await api.newBoard({ name: "zz last" }), await api.newBoard({ name: "0 first" })];
  await api.score(last, { scores: ["a", "b"].map((player) => ({ player, score: 1 })) });
  const reply = await api.get("/api/v1/boards");
  expect(reply.status).toBe(200);
  const { boards, total } = reply.json();
  expect(boards[0]).toMatchObject({ id: first, name: "0 first", ...defaults, total: 0 });
  expect(boards.at(-1)).toMatchObject({ id: last, name: "zz last", ...defaults, total: 2 });
  expect([boards.length, total]).toEqual(Array(2).fill((await api.rows()).boards));
});
