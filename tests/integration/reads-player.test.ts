import { afterAll, beforeAll, expect, test } from "vitest";
import type { Entry, PlayerStanding } from "@/lib/domain/snapshot";
import { playerSchema } from "@/lib/http/reply-schemas";
import { type ApiServer, startApi } from "@/tests/support/api-server";

let api: ApiServer;
let board: string;
let whole: Entry[];

const scores = [90, 80, 80, 70, 60, 60, 60, 50, 10];

beforeAll(async () => {
  api = await startApi();
  board = await api.newBoard();
  await api.score(board, { scores: scores.map((score, i) => ({ player: `p${i}`, score })) });
  whole = (await api.get(`/api/v1/boards/${board}`)).json().entries;
});

afterAll(() => api.close());

async function read(player: string, query = "", on = board): Promise<PlayerStanding> {
  const reply = await api.get(`/api/v1/boards/${on}/players/${encodeURIComponent(player)}${query}`);
  expect([player, reply.status]).toEqual([player, 200]);
  return reply.json();
}

test("a standing has the documented shape", async () => {
  const reply = await api.get(`/api/v1/boards/${board}/players/p3`);
  expect(reply.headers["content-type"]).toBe("application/json");
  expect(reply.headers["cache-control"]).toBe("no-cache");
  const standing: PlayerStanding = reply.json();
  expect(Object.keys(standing)).toEqual(["epoch", "version", "total", "entry", "percentile", "next", "around"]);
  expect(playerSchema.parse(standing)).toEqual(standing);
  expect(standing).toMatchObject({ total: 9, entry: whole[3], next: { player: "p2", rank: 2, gap: 10 } });
});

test("around is exactly as many rows as asked for, filled up at the edges, cut from the board as it stands", async () => {
  for (let i = 0; i < scores.length; i++) {
    for (const n of [0, 1, 2, 4, 5, 50]) {
      const { around, total } = await read(`p${i}`, `?around=${n}`);
      expect(around).toHaveLength(Math.min(2 * n + 1, total));
      const first = (around[0]?.position ?? 0) - 1;
      expect(around).toEqual(whole.slice(first, first + around.length));
      expect(around).toContainEqual(whole[i]);
      const middle = Math.min(Math.max(i - n, 0), total - around.length);
      expect(first).toBe(middle);
    }
  }
});

test("by default there are five on each side", async () => {
  const large = await api.newBoard();
  await api.score(large, { scores: Array.from({ length: 30 }, (_, i) => ({ player: `p${i}`, score: 30 - i })) });
  const { around } = await read("p15", "", large);
  expect(around.map(({ position }) => position)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]);
});

test("percentile is the share one is level with or ahead of; the leader has 100", async () => {
  const found = await Promise.all(scores.map(async (_, i) => (await read(`p${i}`)).percentile));
  expect(found).toEqual([100, 88.89, 88.89, 66.67, 55.56, 55.56, 55.56, 22.22, 11.11]);
});

test("next is the closest who ranks better, with the score between; the leaders have none", async () => {
  const next = await Promise.all(scores.map(async (_, i) => (await read(`p${i}`)).next));
  expect(next.map((one) => one && [one.player, one.rank, one.gap])).toEqual([
    null,
    ["p0", 1, 10],
    ["p0", 1, 10],
    ["p2", 2, 10],
    ["p3", 4, 10],
    ["p3", 4, 10],
    ["p3", 4, 10],
    ["p6", 5, 10],
    ["p7", 8, 40],
  ]);
});

test("where ranks are not shared, next is the one just ahead, be it by nothing", async () => {
  const ordinal = await api.newBoard({ rankStyle: "ordinal" });
  await api.score(ordinal, { scores: ["x", "y"].map((player) => ({ player, score: 5 })) });
  expect((await read("y", "", ordinal)).next).toEqual({ player: "x", rank: 1, gap: 0 });
});

test("gaps are exact and never negative, also where less is better", async () => {
  const times = await api.newBoard({ order: "asc", decimals: 6 });
  await api.score(times, '{"scores":[{"player":"a","score":-0.1},{"player":"b","score":9007199254.740991}]}');
  const reply = await api.get(`/api/v1/boards/${times}/players/b`);
  expect(reply.text).toContain('"next":{"player":"a","rank":1,"gap":9007199254.840991}');
});

test.each([
  "a/b",
  "%41",
  "%",
  "%2F",
  "a b+c",
  "🪜",
  "👩‍👩‍👧",
  "שלום",
  "e\u0301",
  "é",
  "__proto__",
  "constructor",
  "?x=1#y",
  "\\",
  "...",
  "a;b=c",
  "\u2028",
  "~",
  "\u{10FFFF}".repeat(128),
])("the player %j is found by that id and no other", async (player) => {
  const own = await api.newBoard();
  await api.score(own, {
    scores: [
      { player, name: "Somebody", score: 5 },
      { player: "A", score: 1 },
    ],
  });
  const standing = await read(player, "?around=1", own);
  expect(standing.entry).toMatchObject({ player, name: "Somebody", rank: 1, score: 5 });
  expect(standing.around).toHaveLength(2);
});

test("whoever is not on the board is a 404, also under names that objects have", async () => {
  for (const player of ["nobody", "P0", "p0%20", "__proto__", "toString", "%F0%9F%AA%9C"]) {
    const reply = await api.get(`/api/v1/boards/${board}/players/${player}`);
    expect([player, reply.status, reply.json().code]).toEqual([player, 404, "player-not-found"]);
  }
  const reply = await api.get("/api/v1/boards/no-such-board/players/p0");
  expect([reply.status, reply.json().code]).toEqual([404, "board-not-found"]);
});

test.each([
  "?around=-1",
  "?around=51",
  "?around=",
  "?around=1e1",
  "?around=5&around=5",
  "?around=%D9%A3",
  "?around=0x1",
])("%s is refused by name", async (query) => {
  const reply = await api.get(`/api/v1/boards/${board}/players/p0${query}`);
  expect(reply.status).toBe(422);
  expect(reply.json().errors[0].pointer).toBe("around");
});

test.each(["%00", "a%0Ab", "x".repeat(129), "%C2%80"])("the id %s is refused by name", async (player) => {
  const reply = await api.get(`/api/v1/boards/${board}/players/${player}`);
  expect(reply.status).toBe(422);
  expect(reply.json().errors[0].pointer).toBe("player");
});

test.each(["%", "%zz", "%ED%A0%80", "%FF", "%C0%AF"])("what has %s in it is no address", async (player) => {
  const reply = await api.get(`/api/v1/boards/${board}/players/${player}`);
  expect([reply.status, reply.json().code]).toEqual([400, "bad-request"]);
});
