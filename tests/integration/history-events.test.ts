import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { PlayerEvents } from "@/lib/domain/history";
import { isMissing } from "@/lib/domain/score";
import { eventsSchema } from "@/lib/http/history-schemas";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { anyPosts, anyRules, postAll, spreadOut, stagesOf } from "@/tests/support/posted";
import { problemOf } from "@/tests/support/problem";

let api: ApiServer;

beforeAll(async () => {
  api = await startApi({ background: false });
});

afterAll(() => api.close());

const at = (board: string, player: string, query = "") =>
  `/api/v1/boards/${board}/players/${encodeURIComponent(player)}/events${query}`;

async function read(board: string, player: string, query = ""): Promise<PlayerEvents> {
  const reply = await api.get(at(board, player, query));
  expect([player, reply.status]).toEqual([player, 200]);
  return reply.json();
}

const live = "public, max-age=0, s-maxage=5, stale-while-revalidate=5";
const settled = "public, max-age=3600";

test("events have the documented shape, and say why a player stands where the board shows", async () => {
  const board = await api.newBoard({ decimals: 3, order: "asc", tiebreaks: [{ name: "crashes", order: "asc" }] });
  const before = Date.now();
  for (const [score, crash] of [
    [61.204, 1],
    [70, 0],
    [60.5, 2],
  ]) {
    await api.score(board, { player: "p1", name: "Ada", score, tiebreaks: [crash] });
  }
  const reply = await api.get(at(board, "p1"));
  expect(reply.headers).toMatchObject({ "content-type": "application/json", "cache-control": live });
  const found: PlayerEvents = reply.json();
  expect(eventsSchema.parse(found)).toEqual(found);
  const best = { score: 60.5, tiebreaks: [2] };
  const first = { score: 61.204, tiebreaks: [1] };
  expect(found).toMatchObject({ player: "p1", next: null, complete: true });
  expect(found.events).toEqual([
    { seq: 3, at: expect.any(String), ...best, applied: true, after: best },
    { seq: 2, at: expect.any(String), score: 70, tiebreaks: [0], applied: false, after: first },
    { seq: 1, at: expect.any(String), ...first, applied: true, after: first },
  ]);
  for (const event of found.events) {
    expect(Date.parse(event.at)).toBeGreaterThanOrEqual(before - 1);
    expect(Date.parse(event.at)).toBeLessThanOrEqual(Date.now());
  }
});

test("whatever is posted, each event is there with what it led to, newest first, page by page", async () => {
  const sizes = fc.integer({ min: 1, max: 7 });
  await fc.assert(
    fc.asyncProperty(anyRules, anyPosts, sizes, async (rules, posts, limit) => {
      const stages = stagesOf(rules, posts);
      const board = await postAll(api, rules, posts);
      for (const player of new Set(posts.map((post) => post.player))) {
        const own = stages.filter(({ event }) => event.player === player);
        const seen: PlayerEvents["events"] = [];
        let page = await read(board, player, `?limit=${limit}`);
        for (;;) {
          expect(page.events.length).toBeGreaterThan(0);
          expect(page.events.length).toBeLessThanOrEqual(limit);
          seen.push(...page.events);
          if (page.next === null) break;
          expect(page.next).toBe(seen.at(-1)?.seq);
          page = await read(board, player, `?limit=${limit}&before=${page.next}`);
        }
        const shown = ([score, ...tiebreaks]: readonly number[]) => {
          return { score, tiebreaks: tiebreaks.map((one) => (isMissing(one) ? null : one)) };
        };
        const expected = own.toReversed().map(({ event, after }) => {
          return { ...shown(event.posted), applied: event.applied, after: shown(after) };
        });
        expect(seen.map(({ seq: _seq, at: _at, ...rest }) => rest)).toEqual(expected);
        expect(seen.map(({ seq }) => seq)).toEqual([...new Set(seen.map(({ seq }) => seq))].toSorted((a, b) => b - a));
      }
    }),
    { numRuns: 25 },
  );
});

test("a new score is there at once, and one that changed nothing within two seconds", async () => {
  const board = await api.newBoard();
  await api.score(board, { player: "a", score: 5 });
  expect((await read(board, "a")).events).toHaveLength(1);
  await api.score(board, { player: "a", score: 6 });
  expect((await read(board, "a")).events.map(({ score }) => score)).toEqual([6, 5]);
  await api.score(board, { player: "a", score: 1 });
  const newest = async () => (await read(board, "a")).events[0];
  await vi.waitFor(async () => expect(await newest()).toMatchObject({ score: 1, applied: false }), { timeout: 2_000 });
  await api.score(board, { player: "b", score: 1 });
  expect(await read(board, "b", "?before=2")).toMatchObject({ events: [], next: null });
  expect((await read(board, "b")).events).toHaveLength(1);
});

test("a player with a thousand events has each of them, whatever the size of a page", async () => {
  const board = await api.newBoard({ operator: "incr" });
  await api.score(board, { scores: Array.from({ length: 1_000 }, () => ({ player: "a", score: 2 })) });
  for (let before = 395; before < 410; before++) {
    expect((await read(board, "a", `?limit=200&before=${before}`)).next).toBe(before - 200);
  }
  for (const limit of [200, 150]) {
    const seen: PlayerEvents["events"] = [];
    for (let next: number | null = 1_001; next !== null; ) {
      const page: PlayerEvents = await read(board, "a", `?limit=${limit}&before=${next}`);
      seen.push(...page.events);
      next = page.next;
    }
    expect(seen.map(({ seq, after }) => [seq, after.score])).toEqual(
      Array.from({ length: 1_000 }, (_, i) => [1_000 - i, 2_000 - 2 * i]),
    );
  }
});

test("pages that nothing can be added to may be kept; all have a tag that holds until something changes", async () => {
  const board = await api.newBoard();
  for (const score of [1, 2, 3]) await api.score(board, { player: "a", score });
  await spreadOut(api, board, new Date(Date.now() - 3_600_000));
  const newest = await api.get(at(board, "a", "?limit=2"));
  const older = await api.get(at(board, "a", "?limit=2&before=2"));
  const rightBefore = await api.get(at(board, "a", "?before=4"));
  const tooEarly = await api.get(at(board, "a", "?before=5"));
  expect([newest, older, rightBefore, tooEarly].map(({ headers }) => headers["cache-control"])).toEqual([
    live,
    settled,
    settled,
    live,
  ]);
  const again = await api.get(at(board, "a", "?limit=2"), { "if-none-match": newest.headers.etag ?? "" });
  expect([again.status, again.text, again.headers["cache-control"]]).toEqual([304, "", live]);
  await api.score(board, { player: "a", score: 4 });
  const changed = await api.get(at(board, "a", "?limit=2"), { "if-none-match": newest.headers.etag ?? "" });
  expect([changed.status, changed.json().events[0].score]).toEqual([200, 4]);
});

test("whoever is not on the board is a 404, also under names that objects have", async () => {
  const board = await api.newBoard();
  await api.score(board, { player: "a", score: 5 });
  for (const player of ["nobody", "A", "__proto__", "toString"]) {
    const reply = await api.get(at(board, player));
    expect([player, reply.status, problemOf(reply).code]).toEqual([player, 404, "player-not-found"]);
  }
  const reply = await api.get(at("no-such-board", "a"));
  expect([reply.status, problemOf(reply).code]).toEqual([404, "board-not-found"]);
});

test.each([
  ["a", "?before=0", "before"],
  ["a", "?before=-1", "before"],
  ["a", "?before=", "before"],
  ["a", "?before=1&before=2", "before"],
  ["a", "?before=99999999999", "before"],
  ["a", "?limit=0", "limit"],
  ["a", "?limit=201", "limit"],
  ["a", "?limit=x", "limit"],
  ["\u0000", "", "player"],
  ["x".repeat(129), "", "player"],
])("events of %j with %j are refused by the parameter's name", async (player, query, pointer) => {
  const reply = await api.get(at(await api.newBoard(), player, query));
  expect([reply.status, problemOf(reply).errors.map((error) => error.pointer)]).toEqual([422, [pointer]]);
});
