import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "@/db/client";
import { findBoard } from "@/db/queries/boards";
import type { Board } from "@/lib/domain/board";
import type { Entry } from "@/lib/domain/snapshot";
import { commitScores } from "@/lib/leaderboard/commit-scores";
import { type ApiServer, startApi } from "@/tests/support/api-server";

let api: ApiServer;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

interface Event {
  seq: number;
  player: string;
  score: number;
}

async function eventsOf(board: string): Promise<Event[]> {
  return api.services.database.sql<Event[]>`
    select e.seq, e.player, e.score from score_events e join boards b on b.uid = e.board_uid
    where b.id = ${board} order by e.seq`;
}

async function entries(board: string): Promise<Entry[]> {
  return (await api.get(`/api/v1/boards/${board}?limit=1000`)).json().entries;
}

test("two hundred posts at once are all stored, each once, and end in the order of a sorted array", async () => {
  const board = await api.newBoard({ operator: "incr" });
  // Fifty players, four posts each; many sums are equal.
  const posts = Array.from({ length: 200 }, (_, i) => ({ player: `p${i % 50}`, score: (i * 7) % 5 }));
  const replies = await Promise.all(posts.map((post) => api.score(board, post)));
  expect(replies.filter(({ status }) => status !== 200)).toEqual([]);

  const events = await eventsOf(board);
  expect(events.map(({ seq }) => seq)).toEqual(posts.map((_, i) => i + 1));
  const sorted = (list: { player: string; score: number }[]) =>
    list.map(({ player, score }) => `${player} ${score}`).toSorted();
  expect(sorted(events)).toEqual(sorted(posts));

  const model = new Map<string, { score: number; reached: number }>();
  for (const { player, score, seq } of events) {
    const before = model.get(player);
    if (!before) model.set(player, { score, reached: seq });
    else if (score !== 0) model.set(player, { score: before.score + score, reached: seq });
  }
  const expected = [...model].toSorted(([, a], [, b]) => b.score - a.score || a.reached - b.reached);
  expect((await entries(board)).map(({ player, score }) => [player, score])).toEqual(
    expected.map(([player, { score }]) => [player, score]),
  );
});

test("versions of one epoch never go back, and the last reply's is the board's", async () => {
  const board = await api.newBoard({ operator: "incr" });
  const seen: number[] = [];
  for (let i = 0; i < 10; i++) {
    const replies = await Promise.all([1, 2, 3].map((player) => api.score(board, { player: `p${player}`, score: 1 })));
    const versions = replies.map((reply) => reply.json().version);
    const { epoch, version } = (await api.get(`/api/v1/boards/${board}`)).json();
    expect(new Set(replies.map((reply) => reply.json().epoch))).toEqual(new Set([epoch]));
    expect(version).toBe(Math.max(...versions));
    if (seen.length > 0) expect(Math.min(...versions)).toBeGreaterThan(seen.at(-1) ?? 0);
    seen.push(version);
  }
});

test("whoever posted sees it at once on the same instance: board, part of it and player", async () => {
  const board = await api.newBoard();
  for (let score = 1; score <= 20; score++) {
    await api.score(board, { player: "p", score });
    const read = await Promise.all(
      ["", "?limit=1", "/players/p"].map((path) => api.get(`/api/v1/boards/${board}${path}`)),
    );
    expect(read.map((reply) => reply.json()).map(({ entry, entries: top }) => (entry ?? top[0]).score)).toEqual([
      score,
      score,
      score,
    ]);
  }
});

test("two instances number the events of a board in the order of their commits", async () => {
  const board = await api.newBoard({ operator: "incr" });
  const other = openDatabase(api.databaseUrl);
  const stored = await findBoard(other.db, board);
  if (!stored) throw new Error("the board is gone");
  let going = true;
  const watch = async () => {
    // Whatever can be seen at any time is a run without holes: nothing commits behind a later number.
    for (let seen = 0; going; ) {
      const events = await eventsOf(board);
      expect(events.at(-1)?.seq ?? 0).toBe(events.length);
      expect(events.length).toBeGreaterThanOrEqual(seen);
      seen = events.length;
    }
  };
  const item = { player: "there", name: undefined, values: [1] };
  const write = async () => {
    for (let i = 0; i < 20; i++) {
      await Promise.all([
        commitScores(other, stored, [{ items: [item], idempotency: null }]),
        ...[1, 2, 3, 4].map(() => api.score(board, { player: "here", score: 1 })),
      ]);
    }
  };
  await Promise.all([watch(), write().finally(() => (going = false))]);
  await other.close();
  expect(await eventsOf(board)).toHaveLength(100);
});

test("one key on two instances counts once: the second gets the first one's reply", async () => {
  const board = await api.newBoard({ operator: "incr" });
  const other = openDatabase(api.databaseUrl);
  const stored = await findBoard(other.db, board);
  if (!stored) throw new Error("the board is gone");
  const item = { player: "p", name: undefined, values: [1] };
  for (let round = 0; round < 10; round++) {
    const idempotency = { key: `key ${round}`, fingerprint: "f" };
    const submission = [{ items: [item], idempotency }];
    const both = await Promise.all([api.services.database, other].map((one) => commitScores(one, stored, submission)));
    const kinds = both.flatMap(({ outcomes }) => outcomes.map(({ kind }) => kind));
    expect(kinds.toSorted()).toEqual(["replayed", "stored"]);
  }
  await other.close();
  expect(await eventsOf(board)).toHaveLength(10);
});

test("scores that were read by settings of before are not stored with those read by settings of now", async () => {
  const board = await api.newBoard();
  const find = async () => (await findBoard(api.services.database.db, board)) as Board;
  const before = await find();
  const { authorization } = await api.newKey(["boards:manage"]);
  await api.call("PATCH", `/api/v1/boards/${board}`, { decimals: 1 }, { authorization });
  const now = await find();
  // The first takes off alone, the others wait for the same next transaction.
  const written = await Promise.allSettled(
    [now, now, before, now].map((settings, i) => {
      const items = [{ player: `p${i}`, name: undefined, values: [10] }];
      return api.services.writer.write(settings, { items, idempotency: null });
    }),
  );
  expect(written.map((one) => (one.status === "rejected" ? one.reason.name : one.status))).toEqual([
    "fulfilled",
    "fulfilled",
    "BoardChangedError",
    "fulfilled",
  ]);
  expect((await entries(board)).map(({ player, score }) => [player, score])).toEqual([
    ["p0", 1],
    ["p1", 1],
    ["p3", 1],
  ]);
});
