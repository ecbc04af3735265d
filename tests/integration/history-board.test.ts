import { brotliDecompressSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readContestFolder } from "@/lib/contest/folder";
import { contestBoard, contestPosts } from "@/lib/contest/scoring";
import type { PastBoard, Timeline } from "@/lib/domain/history";
import type { Entry, Snapshot } from "@/lib/domain/snapshot";
import { pastBoardSchema, timelineSchema } from "@/lib/http/history-schemas";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { contestDir, expectedPlacings, placings } from "@/tests/support/contest";
import { anyPosts, anyRules, postAll, spreadOut, stagesOf } from "@/tests/support/posted";
import { problemOf } from "@/tests/support/problem";

let api: ApiServer;

beforeAll(async () => {
  api = await startApi({ background: false });
});

afterAll(() => api.close());

const path = (board: string, query = "") => `/api/v1/boards/${board}/at${query}`;
const live = "public, max-age=0, s-maxage=5, stale-while-revalidate=5";
const settled = "public, max-age=3600";

async function read(board: string, query = ""): Promise<PastBoard> {
  const reply = await api.get(path(board, query));
  expect([query, reply.status]).toEqual([query, 200]);
  return reply.json();
}

async function present(board: string): Promise<Snapshot> {
  return (await api.get(`/api/v1/boards/${board}?limit=1000`)).json();
}

async function timeline(board: string): Promise<Timeline> {
  return (await api.get(`/api/v1/boards/${board}/timeline`)).json();
}

async function newestEvent(board: string): Promise<number> {
  const { uid } = (await api.services.liveBoards.get(board)).board;
  const [row] = await api.services.database.sql<{ seq: number }[]>`
    select coalesce(max(seq), 0) as seq from score_events where board_uid = ${uid}`;
  return row?.seq ?? 0;
}

test("after any event of any board it stands as it was shown then", async () => {
  await fc.assert(
    fc.asyncProperty(anyRules, anyPosts, async (rules, posts) => {
      const shown = new Map<number, Snapshot>();
      const board = await postAll(api, rules, posts, async (id) => {
        shown.set(await newestEvent(id), await present(id));
      });
      // From the last to the first and back: one plays on from before, the other does not.
      const order = [...shown.keys()].toSorted((a, b) => b - a);
      for (const seq of [...order, ...order.toReversed()]) {
        const { total, entries, board: settings } = shown.get(seq) as Snapshot;
        expect(await read(board, `?seq=${seq}`)).toEqual({
          board: settings,
          at: expect.any(String),
          seq,
          total,
          entries,
        });
      }
      expect(shown.size).toBe(stagesOf(rules, posts).length);
    }),
    { numRuns: 25 },
  );
});

test("the whole contest, at every few hundred scores, is what the board showed then", {
  timeout: 120_000,
}, async () => {
  const { contest, teams, submissions } = await readContestFolder(contestDir);
  const board = await api.newBoard(contestBoard);
  const scores = contestPosts(contest, submissions).map(({ team, solved, penalty, lastAcceptedAt }) => {
    return { player: team, name: teams.get(team), score: solved, tiebreaks: [penalty, lastAcceptedAt] };
  });
  const shown = new Map<number, Entry[]>();
  for (let i = 0; i < scores.length; i += 700) {
    await api.score(board, { scores: scores.slice(i, i + 700) });
    const { entries, total } = await present(board);
    shown.set(Math.min(i + 700, scores.length), entries);
    expect((await read(board)).total).toBe(total);
  }
  expect(shown.size).toBe(14);
  for (const [seq, entries] of shown) {
    expect((await read(board, `?seq=${seq}&limit=1000`)).entries).toEqual(entries);
  }
  const best = expectedPlacings().filter(({ rank }) => rank <= 900);
  const last = await read(board, "?limit=1000");
  expect(placings(last.entries).slice(0, best.length)).toEqual(best);
});

test("a moment by the clock is right after the last event up to then", async () => {
  const board = await api.newBoard();
  for (const score of [1, 2, 3]) await api.score(board, { player: `p${score}`, score });
  await spreadOut(api, board, new Date("2024-05-01T12:00:00Z"));
  const at = async (time: string) => {
    const { at: when, seq, total } = await read(board, `?time=${encodeURIComponent(time)}`);
    return [when, seq, total];
  };
  expect(await at("2024-05-01T12:00:00.999Z")).toEqual([null, 0, 0]);
  expect(await at("1970-01-01T00:00:00Z")).toEqual([null, 0, 0]);
  expect(await at("2024-05-01T12:00:01Z")).toEqual(["2024-05-01T12:00:01.000Z", 1, 1]);
  expect(await at("2024-05-01T14:00:02.500+02:00")).toEqual(["2024-05-01T12:00:02.000Z", 2, 2]);
  expect(await at("2024-05-01T12:00:03Z")).toEqual(["2024-05-01T12:00:03.000Z", 3, 3]);
  expect(await at("9999-12-31T23:59:59Z")).toEqual(["2024-05-01T12:00:03.000Z", 3, 3]);
  const kept = async (time: string) => (await api.get(path(board, `?time=${time}`))).headers["cache-control"];
  expect(await kept("2024-05-01T12:00:02.999Z")).toBe(settled);
  // Another event may follow within the same millisecond.
  expect(await kept("2024-05-01T12:00:03Z")).toBe(live);
  expect(await read(board, "?seq=0")).toMatchObject({ at: null, seq: 0, total: 0, entries: [] });
  expect(await read(board, "?seq=99")).toMatchObject({ seq: 3, total: 3 });
  expect(await read(board)).toMatchObject({ seq: 3, total: 3 });
});

test("the time that a board's moment gives leads back to it, however fine the clock", async () => {
  const board = await api.newBoard();
  for (let score = 0; score < 20; score++) await api.score(board, { player: "a", score: score + 1 });
  for (const [, seq] of (await timeline(board)).marks) {
    const { at } = await read(board, `?seq=${seq}`);
    expect((await read(board, `?time=${at}`)).seq).toBeGreaterThanOrEqual(seq);
  }
});

const hourMs = 3_600_000;

test("replies have the documented shape; what nothing can change may be kept, the rest is asked for again", async () => {
  const board = await api.newBoard({ decimals: 2, tiebreaks: [{ name: "t", order: "asc" }] });
  await api.score(board, { scores: ["a", "b", "c"].map((player, i) => ({ player, score: i + 0.25 })) });
  await spreadOut(api, board, new Date(Date.now() - hourMs));
  const now = await api.get(path(board));
  const past = await api.get(path(board, "?seq=2&limit=1"));
  const before = await api.get(path(board, "?time=2020-01-01T00:00:00Z"));
  const future = await api.get(path(board, "?time=9999-01-01T00:00:00Z"));
  const later = await api.get(path(board, "?seq=4"));
  for (const reply of [now, past, before, future]) {
    expect(reply.headers["content-type"]).toBe("application/json");
    expect(pastBoardSchema.parse(reply.json())).toEqual(reply.json());
  }
  const kept = [now, past, before, future, later].map(({ headers }) => headers["cache-control"]);
  expect(kept).toEqual([live, settled, settled, live, live]);
  expect(past.json()).toMatchObject({
    seq: 2,
    total: 2,
    entries: [{ rank: 1, position: 1, player: "b", score: 1.25 }],
  });
  const again = await api.get(path(board, "?seq=2&limit=1"), { "if-none-match": past.headers.etag ?? "" });
  expect([again.status, again.text, again.headers["cache-control"]]).toEqual([304, "", settled]);
  const since = await api.get(path(board), { "if-none-match": now.headers.etag ?? "" });
  expect(since.status).toBe(304);
  await api.score(board, { player: "d", score: 9 });
  const changed = await api.get(path(board), { "if-none-match": now.headers.etag ?? "" });
  expect([changed.status, changed.json().total]).toEqual([200, 4]);
  expect((await read(board, "?seq=4")).total).toBe(4);
});

test("what a failover of Postgres could take away is kept by no cache for long", async () => {
  const board = await api.newBoard();
  for (const score of [1, 2]) await api.score(board, { player: "a", score });
  await spreadOut(api, board, new Date(Date.now() - hourMs));
  for (const score of [3, 4]) await api.score(board, { player: "a", score });
  const kept = async (address: string) => (await api.get(address)).headers["cache-control"];
  for (const [seq, expected] of [settled, settled, settled, live].entries()) {
    const [moment, events] = [path(board, `?seq=${seq}`), `/api/v1/boards/${board}/players/a/events?before=${seq + 1}`];
    expect([seq, await kept(moment), await kept(events)]).toEqual([seq, expected, expected]);
  }
});

test("a large reply comes compressed to those who can read that", async () => {
  const board = await api.newBoard();
  await api.score(board, { scores: Array.from({ length: 100 }, (_, i) => ({ player: `p${i}`, score: i })) });
  const plain = await api.get(path(board));
  const small = await api.get(path(board), { "accept-encoding": "br" });
  expect(plain.headers["content-encoding"]).toBeUndefined();
  expect(small.headers).toMatchObject({ "content-encoding": "br", vary: "Accept-Encoding", etag: plain.headers.etag });
  expect(small.bytes.length).toBeLessThan(plain.bytes.length / 3);
  expect(brotliDecompressSync(small.bytes).toString()).toBe(plain.text);
});

test("players of the past are shown under the names of today, and ranked in today's style", async () => {
  const manager = (await api.newKey(["boards:manage"])).authorization;
  const board = await api.newBoard();
  await api.score(board, { scores: ["a", "b"].map((player) => ({ player, name: "Old", score: 5 })) });
  const names = async () => (await read(board, "?seq=2")).entries.map(({ name, rank }) => [name, rank]);
  await api.score(board, { player: "b", name: "New", score: 9 });
  expect(await names()).toEqual([
    ["Old", 1],
    ["New", 1],
  ]);
  await api.call("PATCH", `/api/v1/boards/${board}`, { rankStyle: "ordinal" }, { authorization: manager });
  await expect.poll(names, { timeout: 2_000 }).toEqual([
    ["Old", 1],
    ["New", 2],
  ]);
});

test("settings that changed while a board was empty are those by which it is played again", async () => {
  const manager = (await api.newKey(["boards:manage"])).authorization;
  const board = await api.newBoard({ operator: "best" });
  expect(await read(board)).toMatchObject({ at: null, seq: 0, total: 0, entries: [] });
  expect(await timeline(board)).toEqual({ from: null, to: null, events: 0, seq: 0, marks: [], complete: true });
  const change = { operator: "incr", order: "asc", decimals: 1, tiebreaks: [{ name: "t", order: "desc" }] };
  await api.call("PATCH", `/api/v1/boards/${board}`, change, { authorization: manager });
  for (const score of [1.5, 2]) await api.score(board, { player: "a", score, tiebreaks: [3] });
  expect((await read(board)).entries).toMatchObject([{ score: 3.5, tiebreaks: [6] }]);
});

test("the timeline goes from the first event to the last, with as many events between each two marks", async () => {
  const board = await api.newBoard({ operator: "incr" });
  await api.score(board, { scores: Array.from({ length: 401 }, () => ({ player: "a", score: 1 })) });
  await spreadOut(api, board, new Date("2024-05-01T12:00:00Z"));
  const reply = await api.get(`/api/v1/boards/${board}/timeline`);
  expect(reply.headers["cache-control"]).toBe(live);
  const found: Timeline = reply.json();
  expect(timelineSchema.parse(found)).toEqual(found);
  expect(found).toMatchObject({
    from: "2024-05-01T12:00:01.000Z",
    to: "2024-05-01T12:06:41.000Z",
    events: 401,
    seq: 401,
  });
  expect(found.marks).toHaveLength(200);
  expect([found.marks[0], found.marks.at(-1)]).toEqual([
    [Date.parse("2024-05-01T12:00:01Z"), 1],
    [Date.parse("2024-05-01T12:06:41Z"), 401],
  ]);
  const gaps = found.marks.slice(1).map(([, seq], i) => seq - (found.marks[i]?.[1] ?? 0));
  expect(new Set(gaps)).toEqual(new Set([2, 3]));
});

test("a board that was deleted has no past", async () => {
  const manager = (await api.newKey(["boards:manage"])).authorization;
  const board = await api.newBoard();
  await api.score(board, { player: "a", score: 1 });
  expect((await read(board)).total).toBe(1);
  await api.call("DELETE", `/api/v1/boards/${board}`, undefined, { authorization: manager });
  await api.newBoard({ id: board });
  await api.score(board, { player: "b", score: 1 });
  const players = async () => (await read(board)).entries.map(({ player }) => player);
  await expect.poll(players, { timeout: 2_000 }).toEqual(["b"]);
  expect((await api.get(path("no-such-board"))).status).toBe(404);
});

test.each([
  ["?time=yesterday", "time"],
  ["?time=", "time"],
  ["?time=2024-05-01", "time"],
  ["?time=2024-13-01T00:00:00Z", "time"],
  ["?time=2024-05-01T12:00:00", "time"],
  ["?time=1714564800", "time"],
  ["?seq=-1", "seq"],
  ["?seq=1.5", "seq"],
  ["?seq=1&time=2024-05-01T12:00:00Z", "seq"],
  ["?limit=0", "limit"],
  ["?limit=1001", "limit"],
])("%s is refused by the parameter's name", async (query, pointer) => {
  const reply = await api.get(path(await api.newBoard(), query));
  expect([reply.status, problemOf(reply).errors.map((error) => error.pointer)]).toEqual([422, [pointer]]);
});
