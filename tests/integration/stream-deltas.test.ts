/** A viewer who applies deltas only, against what a poll gives. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Board } from "@/lib/domain/board";
import type { Snapshot } from "@/lib/domain/snapshot";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { type Streams, streamsOf } from "@/tests/support/sse-client";

let api: ApiServer;
let streams: Streams;

beforeAll(async () => {
  api = await startApi();
  streams = streamsOf(api.port);
});

afterAll(async () => {
  streams.close();
  await api.close();
});

const newBoard = (settings: Partial<Board> = {}) => api.newBoard({ delivery: "sse", ...settings });

const get = async (board: string): Promise<Snapshot> => (await api.get(`/api/v1/boards/${board}`)).json();

async function post(board: string, scores: unknown[]): Promise<number> {
  const reply = await api.score(board, { scores });
  expect(reply.status).toBe(200);
  return reply.json().version;
}

const players = (count: number) => Array.from({ length: count }, (_, i) => ({ player: `p${i}`, score: i }));

/** The reply but for the moment it was read at. */
const content = ({ asOf: _asOf, ...rest }: Snapshot) => rest;

test("many scores in a moment come as few deltas", async () => {
  const board = await newBoard();
  const stream = await streams.watch(board);
  await stream.next("snapshot");
  const startedAt = performance.now();
  const versions = await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const reply = await api.score(board, { player: `p${i % 20}`, score: i });
      return reply.json().version as number;
    }),
  );
  await stream.reaches(Math.max(...versions));
  const steps = Math.ceil((performance.now() - startedAt) / 250);
  expect(stream.view.seen.delta).toBeLessThanOrEqual(steps + 1);
  expect(content(stream.view.snapshot as Snapshot)).toEqual(content(await get(board)));
});

const boards: Record<string, Partial<Board>> = {
  "the best score counts, ties share a rank": { operator: "best" },
  "the least time wins, dense ranks, decimals": { order: "asc", rankStyle: "dense", decimals: 3 },
  "scores add up, every place is its own": { operator: "incr", rankStyle: "ordinal", decimals: 1 },
  "the last score counts, with tiebreaks": {
    operator: "set",
    tiebreaks: [
      { name: "penalty", order: "asc" },
      { name: "bonus", order: "desc" },
    ],
  },
};

test.each(Object.entries(boards))(
  "after 500 random scores a viewer of deltas shows what a poll does: %s",
  async (_, settings) => {
    const board = await newBoard(settings);
    // More players than the window shows, so that they come and go at its edge.
    let version = await post(board, players(150));
    const stream = await streams.watch(board, { query: { player: "p77" } });
    const score = fc.record({
      player: fc.nat(179).map((i) => `p${i}`),
      score: fc.integer({ min: 0, max: 40 }).map((n) => n / 10 ** (settings.decimals ?? 0)),
      name: fc.constantFrom(undefined, "Ann", "Ān\u200d", "\u05d0\u05d1"),
      ...(settings.tiebreaks && { tiebreaks: fc.tuple(fc.nat(2), fc.nat(2)) }),
    });
    const scores = fc.sample(score, 500);
    for (let i = 0, posts = 1; i < scores.length; posts++) {
      const size = 1 + (i % 7);
      version = Math.max(version, await post(board, scores.slice(i, i + size)));
      i += size;
      // Deltas of many posts and of few, however fast the posts are.
      if (posts % 12 === 0) await stream.reaches(version);
    }
    await stream.reaches(version);
    const polled = await get(board);
    expect(content(stream.view.snapshot as Snapshot)).toEqual(content(polled));
    expect(polled.total).toBeGreaterThan(150);
    expect(stream.view.seen).toMatchObject({ snapshot: 1, bye: 0 });
    expect(stream.view.seen.delta).toBeGreaterThan(5);
  },
);

test("players enter and leave the window at its edge", async () => {
  const board = await newBoard();
  await post(board, players(120));
  const stream = await streams.watch(board);
  await stream.next("snapshot");
  await post(board, [{ player: "p0", score: 1_000 }]);
  const { data } = await stream.next("delta");
  expect(data.changed).toHaveLength(100);
  expect(data.changed[0]).toMatchObject({ player: "p0", rank: 1, previousRank: null });
  expect(data.removed).toEqual(["p20"]);
  expect(content(stream.view.snapshot as Snapshot)).toEqual(content(await get(board)));
});

test("a change below the window is a delta of its own, so that the total stays right", async () => {
  const board = await newBoard();
  await post(board, players(120));
  const stream = await streams.watch(board);
  await stream.next("snapshot");
  await post(board, [{ player: "newcomer", score: -5 }]);
  expect((await stream.next("delta")).data).toMatchObject({ total: 121, changed: [], removed: [] });
});
