import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PlayerHistory, Point, Race } from "@/lib/domain/history";
import type { Snapshot } from "@/lib/domain/snapshot";
import { historySchema, raceSchema } from "@/lib/http/history-schemas";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { anyPosts, anyRules, postAll, ranksOf, spreadOut, stagesOf } from "@/tests/support/posted";
import { problemOf } from "@/tests/support/problem";

let api: ApiServer;

beforeAll(async () => {
  api = await startApi({ background: false });
});

afterAll(() => api.close());

const live = "public, max-age=0, s-maxage=5, stale-while-revalidate=5";
const noon = Date.parse("2024-05-01T12:00:00Z");

async function history(board: string, player: string): Promise<PlayerHistory> {
  const reply = await api.get(`/api/v1/boards/${board}/players/${encodeURIComponent(player)}/history`);
  expect([player, reply.status]).toEqual([player, 200]);
  return reply.json();
}

async function race(board: string, query = ""): Promise<Race> {
  return (await api.get(`/api/v1/boards/${board}/race${query}`)).json();
}

/** Numbers of the events in which a score changed, with the score. */
function changes(stages: ReturnType<typeof stagesOf>, player: string): Point[] {
  const points: Point[] = [];
  for (const { event, after } of stages) {
    if (event.player === player && points.at(-1)?.[1] !== after[0]) points.push([event.seq, after[0] ?? 0]);
  }
  return points;
}

const bySeq = (points: readonly Point[]): Point[] => points.map(([at, value]) => [(at - noon) / 1_000, value]);

test("a player's points are every change of the score, and each rank is that of the board at its moment", async () => {
  await fc.assert(
    fc.asyncProperty(anyRules, anyPosts, async (rules, posts) => {
      const board = await postAll(api, rules, posts);
      await spreadOut(api, board, new Date(noon));
      const { events } = await seqsOf(board);
      const stages = stagesOf(rules, posts).map((stage, i) => ({
        ...stage,
        event: { ...stage.event, seq: events[i] ?? 0 },
      }));
      const newest = stages.at(-1)?.event.seq;
      for (const player of new Set(stages.map(({ event }) => event.player))) {
        const { points, ranks, complete } = await history(board, player);
        const expected = changes(stages, player);
        expect([bySeq(points), complete]).toEqual([expected, true]);
        const moments = bySeq(ranks ?? []);
        for (const [seq, rank] of moments) {
          const { standings = [] } = stages.find(({ event }) => event.seq === seq) ?? {};
          expect([player, seq, rank]).toEqual([player, seq, ranksOf(rules, standings).get(player)]);
        }
        const seqs = moments.map(([seq]) => seq);
        expect([seqs[0], seqs.at(-1)]).toEqual([expected[0]?.[0], newest]);
        expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
        expect(seqs).toEqual(expect.arrayContaining(expected.slice(0, 20).map(([seq]) => seq)));
      }
    }),
    { numRuns: 25 },
  );
});

/** Numbers of all events of a board. */
async function seqsOf(board: string): Promise<{ events: number[] }> {
  const { uid } = (await api.services.liveBoards.get(board)).board;
  const rows = await api.services.database.sql<{ seq: number }[]>`
    select seq from score_events where board_uid = ${uid} order by seq`;
  return { events: rows.map(({ seq }) => seq) };
}

test("histories have the documented shape; thousands of changes are thinned out to 500 points and 60 ranks", async () => {
  const board = await api.newBoard({ operator: "incr", decimals: 1 });
  for (let batch = 0; batch < 3; batch++) {
    const scores = Array.from({ length: 1_000 }, (_, i) => ({ player: i % 2 ? "a" : "b", score: i % 7 ? 1.5 : -3 }));
    await api.score(board, { scores });
  }
  await spreadOut(api, board, new Date(noon));
  const reply = await api.get(`/api/v1/boards/${board}/players/a/history`);
  expect(reply.headers).toMatchObject({ "content-type": "application/json", "cache-control": live });
  const found: PlayerHistory = reply.json();
  expect(historySchema.parse(found)).toEqual(found);
  expect(found.points.length).toBeGreaterThan(400);
  expect(found.points.length).toBeLessThanOrEqual(500);
  const { entry } = (await api.get(`/api/v1/boards/${board}/players/a`)).json();
  expect([bySeq(found.points)[0], bySeq(found.points).at(-1)]).toEqual([
    [2, 1.5],
    [3_000, entry.score],
  ]);
  expect(found.ranks?.length).toBeGreaterThan(50);
  expect(found.ranks?.length).toBeLessThanOrEqual(60);
  expect(found.ranks?.at(-1)).toEqual([noon + 3_000_000, entry.rank]);
  const again = await api.get(`/api/v1/boards/${board}/players/a/history`, {
    "if-none-match": reply.headers.etag ?? "",
  });
  expect(again.status).toBe(304);
});

test("a history goes on with the next score", async () => {
  const board = await api.newBoard();
  await api.score(board, { player: "a", score: 1 });
  expect((await history(board, "a")).points).toHaveLength(1);
  await api.score(board, { player: "a", score: 2 });
  await expect.poll(async () => (await history(board, "a")).points.map(([, score]) => score)).toEqual([1, 2]);
  const reply = await api.get(`/api/v1/boards/${board}/players/nobody/history`);
  expect([reply.status, problemOf(reply).code]).toEqual([404, "player-not-found"]);
});

test("where everybody would have to be looked at too often there are no ranks, and the points all the same", async () => {
  const board = await api.newBoard({ rankStyle: "dense" });
  const { uid } = (await api.services.liveBoards.get(board)).board;
  const { sql } = api.services.database;
  await sql`
    insert into score_events (board_uid, seq, player, score, applied)
    select ${uid}::int4, i, 'p' || i, i, true from generate_series(1, 260000) i`;
  await sql`update boards set seq = 260000 where uid = ${uid}`;
  const path = `/api/v1/boards/${board}/players/p7/history`;
  // On a busy machine it may take longer to read than one is kept waiting.
  await expect.poll(async () => (await api.get(path)).status, { timeout: 30_000 }).toBe(200);
  const { points, ranks } = await history(board, "p7");
  expect([points.map(([, score]) => score), ranks]).toEqual([[7], null]);
});

test("the race has those who lead now, in order, each with every change of the score", async () => {
  const board = await api.newBoard({ operator: "set", decimals: 2, tiebreaks: [{ name: "t", order: "asc" }] });
  const posts: [string, number, number][] = [
    ["a", 1.25, 0],
    ["b", 2, 0],
    ["a", 5, 3],
    ["a", 5, 2],
    ["c", 1, 0],
    ["a", 4.5, 0],
  ];
  for (const [player, score, t] of posts) {
    await api.score(board, { player, name: `Name ${player}`, score, tiebreaks: [t] });
  }
  await spreadOut(api, board, new Date(noon));
  const reply = await api.get(`/api/v1/boards/${board}/race?top=2`);
  expect(reply.headers).toMatchObject({ "content-type": "application/json", "cache-control": live });
  const found: Race = reply.json();
  expect(raceSchema.parse(found)).toEqual(found);
  const { epoch, version }: Snapshot = (await api.get(`/api/v1/boards/${board}`)).json();
  expect(found).toMatchObject({ epoch, version, complete: true });
  expect(found.players.map(({ points, ...who }) => ({ ...who, points: bySeq(points) }))).toEqual([
    {
      player: "a",
      name: "Name a",
      points: [
        [1, 1.25],
        [3, 5],
        [6, 4.5],
      ],
    },
    { player: "b", name: "Name b", points: [[2, 2]] },
  ]);
  expect((await race(board)).players.map(({ player }) => player)).toEqual(["a", "b", "c"]);
});

test("a race's tag holds until a score changes it, and each runner has 300 points at most", async () => {
  const board = await api.newBoard({ operator: "incr" });
  await api.score(board, { scores: Array.from({ length: 1_000 }, (_, i) => ({ player: `p${i % 2}`, score: 1 + i })) });
  const first = await api.get(`/api/v1/boards/${board}/race`);
  for (const { points } of first.json().players) {
    expect(points.length).toBeGreaterThan(200);
    expect(points.length).toBeLessThanOrEqual(300);
  }
  const etag = first.headers.etag ?? "";
  expect((await api.get(`/api/v1/boards/${board}/race`, { "if-none-match": etag })).status).toBe(304);
  await api.score(board, { player: "p2", score: 9_000_000 });
  const leader = async () => (await race(board)).players[0]?.player;
  await expect.poll(leader, { timeout: 2_000 }).toBe("p2");
  expect((await api.get(`/api/v1/boards/${board}/race`, { "if-none-match": etag })).status).toBe(200);
});

test("an empty board has a race without runners", async () => {
  expect(await race(await api.newBoard())).toMatchObject({ players: [], complete: true });
});

test.each(["?top=0", "?top=21", "?top=x", "?top=1&top=2"])("a race of %s is refused", async (query) => {
  const reply = await api.get(`/api/v1/boards/${await api.newBoard()}/race${query}`);
  expect([reply.status, problemOf(reply).errors.map(({ pointer }) => pointer)]).toEqual([422, ["top"]]);
});
