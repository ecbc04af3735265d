/** `?atomic=true` and `?round=true`, and how a reply tells that something was rejected. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiServer, startApi } from "@/tests/support/api-server";

let api: ApiServer;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

const newKey = () => ({ "idempotency-key": randomBytes(8).toString("hex") });
const entriesOf = async (board: string) => (await api.get(`/api/v1/boards/${board}`)).json().entries;
const [atomic, round] = ["?atomic=true", "?round=true"];

const mixed = {
  scores: [
    { player: "a", score: 1 },
    { player: "b", score: 2.123 },
    { player: "nobody", name: "Nobody" },
    { player: "c", score: 9_007_199_254_740_991 },
  ],
};

test("all scores or none: the reply has a pointer to each that was rejected, and nothing is stored", async () => {
  const board = await api.newBoard({ operator: "incr" });
  await api.score(board, { player: "c", score: 1 });
  const before = [await api.rows(), await entriesOf(board)];
  const reply = await api.score(board, mixed, newKey(), atomic);
  expect([reply.status, reply.json().code]).toEqual([422, "invalid-scores"]);
  expect(reply.json().errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(["/scores/1/score"]);
  expect(reply.json().detail).toBe("1 of 4 scores are not valid; none was stored.");
  const good = { scores: mixed.scores.toSpliced(1, 1) };
  const standing = await api.score(board, good, newKey(), atomic);
  expect([standing.status, standing.json().errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([
    422,
    ["/scores/1/player", "/scores/2"],
  ]);
  expect([await api.rows(), await entriesOf(board)]).toEqual(before);
});

test("without it the others count, and the reply says at its top how many did not", async () => {
  const board = await api.newBoard({ operator: "incr" });
  await api.score(board, { player: "c", score: 1 });
  const key = newKey();
  const reply = await api.score(board, mixed, key);
  expect([reply.status, reply.json().rejected]).toEqual([200, 3]);
  expect((await api.score(board, mixed, key)).text).toBe(reply.text);
  expect((await api.score(board, { player: "a", score: 1 })).json()).not.toHaveProperty("rejected");
});

test("what was rejected as a whole leaves no trace in posts that share its commit", async () => {
  for (let i = 0; i < 20; i++) {
    const board = await api.newBoard({ operator: "incr" });
    const scores = (player: string) => ({
      scores: [
        { player: "shared", name: player, score: 1 },
        { player, score: 1 },
      ],
    });
    const bad = { scores: [...scores("bad").scores, { player: "nobody", name: "x" }] };
    const replies = await Promise.all(
      ["a", "b", "c", "d"].flatMap((player) => [
        api.score(board, scores(player), {}, atomic),
        api.score(board, bad, {}, atomic),
      ]),
    );
    expect(replies.map(({ status }) => status)).toEqual([200, 422, 200, 422, 200, 422, 200, 422]);
    const entries = await entriesOf(board);
    expect(entries).toHaveLength(5);
    expect(entries[0]).toMatchObject({ player: "shared", score: 4, name: expect.stringMatching(/^[abcd]$/) });
    const { events } = (await api.get(`/api/v1/boards/${board}/timeline`)).json();
    expect(events).toBe(8);
  }
});

test("digits beyond the board's decimals are rounded half to even where that is asked for, else refused", async () => {
  const board = await api.newBoard({ operator: "set", decimals: 3, tiebreaks: [{ name: "t", order: "asc" }] });
  const body = (number: string) => `{"player":"a","score":${number},"tiebreaks":[${number}]}`;
  for (const [posted, stored] of [
    ["61.300000000000004", "61.3"],
    ["-0.0015", "-0.002"],
    ["0.0005", "0"],
    ["1e-7", "0"],
    ["1e-999999999999999999", "0"],
    ["9007199254740.9914", "9007199254740.991"],
  ] as const) {
    expect((await api.score(board, body(posted))).json().code).toBe("invalid-scores");
    expect((await api.score(board, body(posted), {}, round)).text).toContain(
      `"score":${stored},"tiebreaks":[${stored}]`,
    );
    expect((await api.get(`/api/v1/boards/${board}`)).text).toContain(`"score":${stored},"tiebreaks":[${stored}]`);
  }
  for (const posted of ["9007199254740.9915", "1e999999999999999999"]) {
    expect((await api.score(board, body(posted), {}, round)).json().errors[0].pointer).toBe("/score");
  }
});

test("the options are part of what a request means", async () => {
  const board = await api.newBoard({ operator: "incr" });
  const body = { player: "a", score: 1 };
  for (const query of ["", atomic, round, `${atomic}&round=true`]) {
    const key = newKey();
    const first = await api.score(board, body, key, query);
    for (const other of ["", atomic, round, `${atomic}&round=true`, "?round=true&atomic=true", "?atomic=false"]) {
      const again = await api.score(board, body, key, other);
      const flags = (one: string) => [one.includes(atomic.slice(1)), one.includes(round.slice(1))];
      const same = flags(query).join() === flags(other).join();
      expect([query, other, again.status]).toEqual([query, other, same ? 200 : 422]);
      if (same) expect(again.text).toBe(first.text);
    }
  }
});

test.each([
  ["?atomic=1", "atomic"],
  ["?atomic=", "atomic"],
  ["?round=TRUE", "round"],
  ["?atomic=true&atomic=true", "atomic"],
])("%s is refused, and names the parameter", async (query, pointer) => {
  const board = await api.newBoard();
  const reply = await api.score(board, { player: "a", score: 1 }, {}, query);
  expect([reply.status, reply.json().code, reply.json().errors[0].pointer]).toEqual([422, "invalid-request", pointer]);
});
