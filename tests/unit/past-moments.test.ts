import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { LookedBack } from "@/app/_hooks/look-back";
import { PastMoments } from "@/app/_hooks/past-moments";
import type { BoardView } from "@/lib/domain/board";
import type { PastBoard } from "@/lib/domain/history";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const board = { id: "b", decimals: 0, tiebreaks: [] } as unknown as BoardView;
const entry = (player: string, score: number) => ({
  rank: 1,
  position: 1,
  player,
  name: player,
  score,
  tiebreaks: [] as number[],
});

function boardAt(seq: number): PastBoard {
  return { board, at: "2026-01-01T00:00:00.000Z", seq, total: 2, entries: [entry("ada", 1), entry("bob", seq)] };
}

/** A server that answers when the test says so. */
function open(first: number | null = null) {
  const asked: string[] = [];
  const answers = new Map<string, (found: LookedBack<PastBoard>) => void>();
  const moments = new PastMoments({
    load(query) {
      asked.push(query);
      return new Promise((resolve) => answers.set(query, resolve));
    },
    first: first === null ? null : { query: `seq=${first}`, board: boardAt(first) },
    random: () => 0,
  });
  const reply = async (seq: number, found: LookedBack<PastBoard> = { kind: "found", data: boardAt(seq) }) => {
    const answer = answers.get(`seq=${seq}`);
    if (!answer) throw new Error(`nobody asked for ${seq}`);
    answers.delete(`seq=${seq}`);
    answer(found);
    await pass();
  };
  const want = (seq: number | null, ...ahead: number[]) =>
    moments.want(
      seq === null ? null : `seq=${seq}`,
      ahead.map((one) => `seq=${one}`),
    );
  const shown = () => moments.getView().shown?.board.seq ?? null;
  return { moments, asked, reply, want, shown, waiting: () => answers.size };
}

it("however fast somebody drags, few requests are under way, and the last moment wanted is the next one asked for", async () => {
  const { asked, reply, want, shown, waiting } = open();
  for (let seq = 1; seq <= 100; seq++) want(seq, seq + 1);
  expect(asked).toEqual(["seq=1", "seq=2", "seq=3"]);
  await reply(2);
  expect(asked.at(-1)).toBe("seq=100");
  await reply(100);
  expect(shown()).toBe(100);
  await reply(1);
  await reply(3);
  expect(shown()).toBe(100);
  expect(asked).toEqual(["seq=1", "seq=2", "seq=3", "seq=100", "seq=101"]);
  expect(waiting()).toBe(1);
});

it("shows what comes while somebody still drags, but never goes back to what was wanted before", async () => {
  const { reply, want, shown } = open();
  for (const seq of [10, 20, 30, 40]) want(seq);
  await reply(20);
  expect(shown()).toBe(20);
  await reply(10);
  expect(shown()).toBe(20);
  await reply(30);
  expect(shown()).toBe(30);
  await reply(40);
  expect(shown()).toBe(40);
});

it("what nobody has wanted yet is kept for later, not shown", async () => {
  const { asked, reply, want, shown } = open(5);
  expect(shown()).toBe(5);
  want(5, 6, 7);
  expect(asked).toEqual(["seq=6", "seq=7"]);
  await reply(7);
  await reply(6);
  expect(shown()).toBe(5);
  want(6, 7);
  expect(shown()).toBe(6);
  expect(asked).toHaveLength(2);
});

it("one that is on its way already is shown when it comes, and not asked for twice", async () => {
  const { asked, reply, want, shown } = open(5);
  want(5, 6);
  want(6);
  await reply(6);
  expect(shown()).toBe(6);
  expect(asked).toEqual(["seq=6"]);
});

it("now is at once, and nothing that was wanted before comes after it", async () => {
  const { reply, want, shown } = open(5);
  want(6);
  want(null);
  expect(shown()).toBe(null);
  await reply(6);
  expect(shown()).toBe(null);
  want(6);
  expect(shown()).toBe(6);
});

it("asks again after a refusal for now, not before it was told to, and says so meanwhile", async () => {
  const { moments, asked, reply, want, shown } = open(5);
  want(6, 7);
  await reply(6, { kind: "waiting", retryAfterMs: 4_000 });
  expect(moments.getView()).toMatchObject({ problem: "waiting", shown: { query: "seq=5" } });
  await pass(3_999);
  expect(asked).toEqual(["seq=6", "seq=7"]);
  await pass(1);
  expect(asked).toEqual(["seq=6", "seq=7", "seq=6"]);
  await reply(6);
  expect(moments.getView().problem).toBe(null);
  expect(shown()).toBe(6);
});

it("does not insist on a moment that is too long ago", async () => {
  const { moments, asked, reply, want } = open();
  want(1);
  await reply(1, { kind: "too-long" });
  expect(moments.getView().problem).toBe("too-long");
  want(null);
  expect(moments.getView().problem).toBe(null);
  want(1);
  await pass(60_000);
  expect(moments.getView().problem).toBe("too-long");
  expect(asked).toEqual(["seq=1"]);
});

it("rows that say the same are the same from one moment to the next", async () => {
  const { moments, reply, want } = open(5);
  const [ada, bob] = moments.getView().shown?.board.entries ?? [];
  want(6);
  await reply(6);
  const [sameAda, newBob] = moments.getView().shown?.board.entries ?? [];
  expect(sameAda).toBe(ada);
  expect(newBob).not.toBe(bob);
  expect(newBob).toMatchObject({ player: "bob", score: 6 });
});

it("holds a few hundred moments, however long somebody plays", async () => {
  const { asked, reply, want } = open();
  for (let seq = 1; seq <= 310; seq++) {
    want(seq);
    await reply(seq);
  }
  want(310);
  want(309);
  expect(asked).toHaveLength(310);
  want(1);
  expect(asked).toHaveLength(311);
});

it("tells whoever listens, once for each change", async () => {
  const { moments, reply, want } = open(5);
  const heard = vi.fn();
  const leave = moments.subscribe(heard);
  want(6);
  expect(heard).toHaveBeenCalledTimes(0);
  await reply(6);
  expect(heard).toHaveBeenCalledTimes(1);
  want(5);
  expect(heard).toHaveBeenCalledTimes(2);
  leave();
  want(6);
  expect(heard).toHaveBeenCalledTimes(2);
});

it("asks for nothing more when the page is left", async () => {
  const { moments, asked, reply, want } = open();
  want(1, 2, 3, 4);
  moments.close();
  await reply(1, { kind: "waiting", retryAfterMs: null });
  await pass(60_000);
  expect(asked).toEqual(["seq=1", "seq=2", "seq=3"]);
});

it("forgets what it has when the board has another past, and shows it until the same moment has come anew", async () => {
  const { moments, asked, reply, want, shown } = open(5);
  want(5, 6);
  moments.forget();
  expect([shown(), moments.getView().shown?.query, asked]).toEqual([5, null, ["seq=6", "seq=5", "seq=6"]]);
  await reply(5, { kind: "found", data: { ...boardAt(5), total: 1 } });
  expect(moments.getView().shown).toMatchObject({ query: "seq=5", board: { total: 1 } });
});

it("drops a reply to what was asked for before the past became another", async () => {
  const replies: ((found: LookedBack<PastBoard>) => void)[] = [];
  const moments = new PastMoments({ load: () => new Promise((resolve) => replies.push(resolve)), first: null });
  moments.want("seq=5", []);
  moments.forget();
  replies[0]?.({ kind: "found", data: boardAt(5) });
  await pass();
  expect(moments.getView().shown).toBeNull();
  replies[1]?.({ kind: "found", data: { ...boardAt(5), total: 1 } });
  await pass();
  expect(moments.getView().shown).toMatchObject({ query: "seq=5", board: { total: 1 } });
});
