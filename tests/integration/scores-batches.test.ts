import { afterAll, beforeAll, expect, test } from "vitest";
import type { Entry } from "@/lib/domain/snapshot";
import { submitReplySchema } from "@/lib/http/reply-schemas";
import { type ApiServer, startApi } from "@/tests/support/api-server";

let api: ApiServer;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

async function entries(board: string): Promise<Entry[]> {
  return (await api.get(`/api/v1/boards/${board}`)).json().entries;
}

test("the same player several times in one body is taken in the order posted", async () => {
  const board = await api.newBoard({ operator: "set" });
  const scores = [5, 9, 9, 2].map((score) => ({ player: "p", score }));
  const { results } = (await api.score(board, { scores })).json();
  expect(results.map((one: Entry) => one.score)).toEqual([5, 9, 9, 2]);
  expect(results.map((one: { status: string }) => one.status)).toEqual(["applied", "applied", "unchanged", "applied"]);
  expect(await entries(board)).toMatchObject([{ player: "p", score: 2 }]);
  const events = await api.services.database.sql`
    select e.score, e.applied from score_events e join boards b on b.uid = e.board_uid where b.id = ${board} order by e.seq`;
  expect(events.map(({ score, applied }) => [score, applied])).toEqual([
    [5, true],
    [9, true],
    [9, false],
    [2, true],
  ]);
});

test("bad scores are refused each with its own reason, the others count, all in the order posted", async () => {
  const board = await api.newBoard({ decimals: 1, tiebreaks: [{ name: "time", order: "asc" }] });
  const body = `{"scores":[
    {"player":"a","score":1.5,"tiebreaks":[3]},
    {"player":"b","score":1.55},
    {"player":"c","score":"7"},
    {"player":"","score":7},
    {"player":"d","score":7,"tiebreaks":[1,2]},
    {"player":"e","score":7,"tiebreaks":["1"]},
    {"player":"f","score":7,"name":""},
    {"player":"g","score":1e309},
    {"player":"h","score":7,"tiebreaks":[0.01]},
    {"player":"i","score":7,"points":8},
    {"score":7},
    null,
    {"player":"j","score":-2}
  ]}`;
  const reply = await api.score(board, body);
  expect(reply.status).toBe(200);
  expect(submitReplySchema.parse(reply.json())).toEqual(reply.json());
  const { results } = reply.json();
  expect(results.map(({ player, status }: Entry & { status: string }) => [player, status])).toEqual([
    ["a", "applied"],
    ["b", "rejected"],
    ["c", "rejected"],
    [null, "rejected"],
    ["d", "rejected"],
    ["e", "rejected"],
    ["f", "rejected"],
    ["g", "rejected"],
    ["h", "rejected"],
    ["i", "rejected"],
    [null, "rejected"],
    [null, "rejected"],
    ["j", "applied"],
  ]);
  expect(results.map(({ error }: { error?: { code: string } }) => error?.code)).toEqual([
    undefined,
    "too-many-decimals",
    "invalid-score",
    "invalid-player",
    "invalid-tiebreaks",
    "invalid-tiebreaks",
    "invalid-name",
    "out-of-range",
    "too-many-decimals",
    "invalid-item",
    "invalid-player",
    "invalid-item",
    undefined,
  ]);
  for (const { error, status, score, tiebreaks, rank, previousRank } of results) {
    if (status !== "rejected") continue;
    expect(error.detail).not.toBe("");
    expect([score, tiebreaks, rank, previousRank]).toEqual([null, null, null, null]);
  }
  expect((await entries(board)).map(({ player }) => player)).toEqual(["a", "j"]);
});

test("only when every score is bad is the whole refused, with a pointer to each", async () => {
  const board = await api.newBoard();
  const before = await api.rows();
  const reply = await api.score(board, '{"scores":[{"player":"a","score":0.5},{"player":"b","score":"1"}]}');
  expect(reply.status).toBe(422);
  const problem = reply.json();
  expect(problem.code).toBe("invalid-scores");
  expect(problem.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
    "/scores/0/score",
    "/scores/1/score",
  ]);
  expect(await api.rows()).toEqual(before);
});

test("a sum that would leave the range is refused and the standing stays; alone it refuses the whole", async () => {
  const board = await api.newBoard({ operator: "incr" });
  await api.score(board, '{"player":"p","score":9007199254740991}');
  const before = await api.rows();
  const alone = await api.score(board, { player: "p", score: 1 });
  expect(alone.status).toBe(422);
  expect(alone.json()).toMatchObject({ code: "invalid-scores", errors: [{ pointer: "" }] });
  expect(await api.rows()).toEqual(before);

  const scores = [1, -1, 1, 1].map((score) => ({ player: "p", score }));
  const { results } = (await api.score(board, { scores })).json();
  expect(results.map(({ status }: { status: string }) => status)).toEqual([
    "rejected",
    "applied",
    "applied",
    "rejected",
  ]);
  expect(results[0].error.code).toBe("out-of-range");
  expect((await api.get(`/api/v1/boards/${board}`)).text).toContain('"score":9007199254740991,');
});

test("a name defaults to the id, the last one posted wins, and is kept when none is posted", async () => {
  const board = await api.newBoard({ operator: "best" });
  const name = async () => (await entries(board))[0]?.name;
  await api.score(board, { player: "p", score: 5 });
  expect(await name()).toBe("p");
  await api.score(board, { player: "p", score: 6, name: "Pat" });
  expect(await name()).toBe("Pat");
  await api.score(board, { player: "p", score: 7 });
  expect(await name()).toBe("Pat");
  await api.score(board, { player: "p", score: 1, name: "Patricia" });
  expect((await entries(board))[0]).toMatchObject({ name: "Patricia", score: 7 });
  await api.score(board, { scores: ["One", "Two"].map((one) => ({ player: "p", score: 1, name: one })) });
  expect(await name()).toBe("Two");
});

test("a change of name alone makes a new version, a post that changes nothing does not", async () => {
  const board = await api.newBoard();
  const version = async () => (await api.get(`/api/v1/boards/${board}`)).json().version;
  await api.score(board, { player: "p", score: 5, name: "Pat" });
  const first = await version();
  expect((await api.score(board, { player: "p", score: 5, name: "Pat" })).json().version).toBe(first);
  expect(await version()).toBe(first);
  expect((await api.score(board, { player: "p", score: 5, name: "Patricia" })).json().version).toBe(first + 1);
  expect(await version()).toBe(first + 1);
});

test("a thousand scores go in with one body", async () => {
  const board = await api.newBoard();
  const scores = Array.from({ length: 1_000 }, (_, i) => ({ player: `p${i}`, score: i, name: "n".repeat(128) }));
  const reply = await api.score(board, { scores });
  expect(reply.status).toBe(200);
  expect(reply.json().results).toHaveLength(1_000);
  const { total, entries: top } = (await api.get(`/api/v1/boards/${board}?limit=1000`)).json();
  expect(total).toBe(1_000);
  expect(top.map(({ score }: Entry) => score)).toEqual(scores.map(({ score }) => score).reverse());
});

test("what a refused score repeats of the request is kept short", async () => {
  const board = await api.newBoard();
  const long = "k".repeat(100_000);
  const scores = [
    { player: "a", score: 1 },
    { player: "b", score: 1, [long]: 1 },
    { player: long, score: 1 },
  ];
  const reply = await api.score(board, { scores });
  expect(reply.status).toBe(200);
  expect(reply.bytes.length).toBeLessThan(2_000);
});
