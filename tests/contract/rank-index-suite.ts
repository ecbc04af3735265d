/** What every rank index promises, whatever is behind it. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { orders } from "@/lib/domain/board";
import type { LogStep } from "@/lib/domain/board-log";
import { missingValue } from "@/lib/domain/score";
import type { Position } from "@/lib/domain/snapshot";
import type { ChangeFeed, IndexBoard, IndexSource, RankIndex, StandingChange } from "@/lib/rank-index/rank-index";
import { boardSettings, oddText, steps } from "./rank-index-arbitraries";
import { digestAt, Play, stepBetween } from "./rank-index-steps";

/** On a busy machine fewer steps are compared, rather than the time limit missed. */
const comparisonMsMax = 8_000;

export interface Subject {
  index: RankIndex;
  feed: ChangeFeed;
  /** Boards whose index was deleted as one of another history. */
  foreign: number[];
  close(): Promise<void>;
}

/** @param runs of the comparison with the model. */
export function describeRankIndex(name: string, runs: number, start: () => Promise<Subject>): void {
  let subject: Subject;
  let lastUid = 0;
  const changes: { uid: number; position: Position | null }[] = [];

  const newBoard = (settings: Partial<IndexBoard> = {}): IndexBoard => ({
    uid: ++lastUid,
    order: "desc",
    tiebreaks: [],
    rankStyle: "competition",
    revision: 1,
    ...settings,
  });
  const built = async (settings: Partial<IndexBoard>, standings: StandingChange[]) => {
    const board = newBoard(settings);
    await subject.index.rebuild(board, batches(standings));
    return board;
  };
  const ranks = async (board: IndexBoard) =>
    (await subject.index.page(board, 0, 100))?.entries.map(({ player, rank }) => `${player} ${rank}`);

  beforeAll(async () => {
    subject = await start();
    const gap = new Promise<void>((resolve) => {
      subject.feed.listen({ onChange: (uid, position) => changes.push({ uid, position }), onGap: resolve });
    });
    await gap;
  });
  afterAll(() => subject?.close());

  describe(`the rank index ${name}`, () => {
    test("agrees with a sorted array after any steps", async () => {
      const players = fc.uniqueArray(oddText, { minLength: 12, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(boardSettings, players, steps, async (settings, ids, list) => {
          const tiebreaks = settings.tiebreaks.map((order, i) => ({ name: `t${i}`, order }));
          const play = new Play(subject.index, newBoard({ ...settings, tiebreaks }), ids);
          await play.step({ kind: "page", offset: 0, limit: 5 });
          await play.step({ kind: "rebuild", batch: 1 });
          for (const step of list) await play.step(step);
        }),
        { numRuns: runs, interruptAfterTimeLimit: comparisonMsMax },
      );
    });

    test("gives 1224, 1223 and 1234 to the same ties", async () => {
      const tied = [standing("a", 9, 1), standing("b", 5, 2), standing("c", 5, 3), standing("d", 1, 4)];
      expect(await ranks(await built({ rankStyle: "competition" }, tied))).toEqual(["a 1", "b 2", "c 2", "d 4"]);
      expect(await ranks(await built({ rankStyle: "dense" }, tied))).toEqual(["a 1", "b 2", "c 2", "d 3"]);
      expect(await ranks(await built({ rankStyle: "ordinal" }, tied))).toEqual(["a 1", "b 2", "c 3", "d 4"]);
    });

    test("ranks who lacks a tiebreak behind everybody who has one, and level with others who lack it", async () => {
      for (const order of orders) {
        const worst = order === "asc" ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER;
        const entry = (player: string, tiebreak: number, seq: number) => ({
          ...standing(player, 5, seq),
          values: [5, tiebreak],
        });
        const missing = missingValue(order);
        const all = [entry("a", missing, 1), entry("b", worst, 2), entry("c", missing, 3), entry("d", 0, 4)];
        for (const [rankStyle, last] of [
          ["competition", "c 3"],
          ["dense", "c 3"],
          ["ordinal", "c 4"],
        ] as const) {
          const board = await built({ rankStyle, tiebreaks: [{ name: "t", order }] }, all);
          expect(await ranks(board)).toEqual(["d 1", "b 2", "a 3", last]);
          const read = await subject.index.player(board, "c", 1);
          expect(read?.found?.entry.values).toEqual([5, missing]);
          expect(read?.found?.ahead).toBe(2);
          await subject.index.apply(board, [entry("c", worst, 5)], []);
          expect(await ranks(board)).toEqual([
            "d 1",
            "b 2",
            rankStyle === "ordinal" ? "c 3" : "c 2",
            expect.any(String),
          ]);
          expect((await subject.index.page(board, 3, 1))?.entries[0]?.player).toBe("a");
        }
      }
    });

    test("reads an index from competition to ordinal ranks as it is, but not to dense ranks or other columns", async () => {
      const board = await built({}, [standing("a", 5, 1), standing("b", 5, 2)]);
      expect(await ranks({ ...board, rankStyle: "ordinal" })).toEqual(["a 1", "b 2"]);
      for (const other of [{ rankStyle: "dense" }, { order: "asc" }, { tiebreaks: [{ name: "t", order: "asc" }] }]) {
        const changed = { ...board, ...other } as IndexBoard;
        expect(await subject.index.page(changed, 0, 1)).toBeNull();
        expect(await subject.index.player(changed, "a", 1)).toBeNull();
        expect(await subject.index.apply(changed, [standing("c", 1, 9)], [])).toBeNull();
      }
    });

    test("takes no change that is as old as what it has, or older", async () => {
      const board = await built({}, [standing("a", 5, 7)]);
      const old = [standing("a", 9, 6), { ...standing("a", 8, 7), name: "other" }];
      expect(await subject.index.apply(board, old, ["a"])).toMatchObject({ version: 1 });
      const page = await subject.index.page(board, 0, 10);
      expect(page?.entries).toMatchObject([{ player: "a", name: "a", values: [5], reached: 7 }]);
    });

    test("applies the same player twice in one batch in the order given", async () => {
      const board = await built({}, [standing("a", 5, 1), standing("b", 4, 2)]);
      const applied = await subject.index.apply(board, [standing("b", 9, 3), standing("b", 1, 4)], ["b"]);
      expect(applied).toMatchObject({ version: 2, moves: new Map([["b", { before: 2, after: 2 }]]) });
      expect(await ranks(board)).toEqual(["a 1", "b 2"]);
    });

    test("ranks a thousand changes in one atomic step, and more step by step", async () => {
      const board = await built({ rankStyle: "dense" }, []);
      const thousand = Array.from({ length: 1000 }, (_, i) => standing(`p${i}`, i % 100, i + 1));
      const names = thousand.map(({ player }) => player);
      const applied = await subject.index.apply(board, thousand, names);
      expect(applied).toMatchObject({ version: 2, total: 1000 });
      expect(applied?.moves.get("p99")).toEqual({ before: null, after: 1 });
      const more = Array.from({ length: 2500 }, (_, i) => standing(`p${i}`, 0, 2000 + i));
      const grown = await subject.index.apply(board, more, [...names, "p2499", "nobody"]);
      expect(grown?.total).toBe(2500);
      expect(grown?.moves.get("p0")).toEqual({ before: 100, after: 1 });
      expect(grown?.moves.get("p2499")).toEqual({ before: null, after: 1 });
      expect(grown?.moves.get("nobody")).toEqual({ before: null, after: null });
      const page = await subject.index.page(board, 1999, 1000);
      expect(page?.entries).toHaveLength(501);
      expect(page?.entries[0]).toMatchObject({ player: "p1999", rank: 1, position: 2000 });
      expect((await subject.index.page(board, Number.MAX_SAFE_INTEGER, 1000))?.entries).toEqual([]);
    });

    test("carries over what is applied while it is rebuilt", async () => {
      const board = await built({ rankStyle: "dense" }, [standing("a", 5, 1), standing("b", 4, 2)]);
      const revised = { ...board, revision: 2 };
      async function* copy() {
        yield [standing("a", 5, 1), standing("b", 4, 2)];
        await subject.index.apply(board, [standing("b", 9, 3), standing("c", 1, 4)], []);
        await subject.index.apply(revised, [], []);
        yield [standing("d", 3, 5)];
      }
      const state = await subject.index.rebuild(board, source(copy()));
      expect(state).toMatchObject({ version: 1, revision: 2, total: 4 });
      expect(await ranks(board)).toEqual(["b 1", "a 2", "d 3", "c 4"]);
    });

    test("lets one of two rebuilds through and keeps serving meanwhile", async () => {
      const board = await built({}, [standing("a", 5, 1)]);
      let second: unknown;
      async function* copy() {
        second = await subject.index.rebuild(board, batches([standing("z", 1, 1)]));
        expect(await ranks(board)).toEqual(["a 1"]);
        yield [standing("b", 5, 2)];
      }
      expect(await subject.index.rebuild(board, source(copy()))).toMatchObject({ total: 1 });
      expect(second).toBeNull();
      expect(await ranks(board)).toEqual(["b 1"]);
    });

    test("keeps the old index when the source of a rebuild fails, and can be rebuilt again", async () => {
      const board = await built({}, [standing("a", 5, 1)]);
      async function* failing() {
        yield [standing("b", 5, 2)];
        throw new Error("the source failed");
      }
      await expect(subject.index.rebuild(board, source(failing()))).rejects.toThrow("the source failed");
      expect(await ranks(board)).toEqual(["a 1"]);
      expect(await subject.index.rebuild(board, batches([standing("c", 5, 3)]))).toMatchObject({ total: 1 });
    });

    test("knows how far changes are complete, in whatever order steps come, across a rebuild too", async () => {
      const board = await built({}, [standing("a", 5, 3)]);
      const through = async (...steps: [number, number][]) => {
        const told = steps.map(([after, through]) => stepBetween(after, through));
        return (await subject.index.apply(board, [], [], told))?.through;
      };
      expect(await through()).toBe(3);
      expect(await through([7, 9])).toBe(3);
      expect(await through([3, 5])).toBe(5);
      async function* copy() {
        yield [standing("a", 5, 3)];
        expect(await through([9_000_000_000_000_001, 9_000_000_000_000_007], [20, 9_000_000_000_000_001])).toBe(5);
        expect(await through([5, 7], [3, 5])).toBe(9);
        expect(await through([9, 20])).toBe(9_000_000_000_000_007);
      }
      expect(await subject.index.rebuild(board, source(copy(), 5))).toMatchObject({ through: 7 });
      expect(await through([7, 9])).toBe(9_000_000_000_000_007);
      expect((await subject.index.states([board.uid])).get(board.uid)?.through).toBe(9_000_000_000_000_007);
    });

    test("deletes an index of which a step shows that it has another history", async () => {
      const foreign: LogStep[] = [
        { ...stepBetween(5, 6), afterDigest: "of another log" },
        { ...stepBetween(3, 5), digest: "of another log" },
        stepBetween(4, 7),
      ];
      for (const step of foreign) {
        const board = await built({}, [standing("ghost", 9, 5)]);
        const before = subject.foreign.length;
        expect(await subject.index.apply(board, [standing("a", 1, 7)], ["a"], [step])).toBeNull();
        expect(await ranks(board)).toBeUndefined();
        expect(subject.foreign.slice(before)).toEqual([board.uid]);
        // Nodes of a Redis Cluster deliver in no common order.
        await vi.waitFor(() => expect(changes).toContainEqual({ uid: board.uid, position: null }));
        await subject.index.rebuild(board, batches([standing("a", 1, 7)]));
        expect(await ranks(board)).toEqual(["a 1"]);
      }
    });

    test("finds a foreign step also when it comes before its turn, or while the index is rebuilt", async () => {
      const board = await built({}, [standing("a", 5, 3)]);
      const late = { ...stepBetween(4, 6), afterDigest: "of another log" };
      expect(await subject.index.apply(board, [], [], [late])).toMatchObject({ through: 3, late: false });
      expect(await subject.index.apply(board, [], [], [stepBetween(3, 4)])).toBeNull();
      const other = await built({}, [standing("a", 5, 3)]);
      async function* copy() {
        yield [standing("a", 5, 3)];
        expect(await subject.index.apply(other, [], [], [late])).toMatchObject({ through: 3 });
      }
      expect(await subject.index.rebuild(other, source(copy(), 4))).toBeNull();
    });

    test("says of a step that ends before the index does that it is late", async () => {
      const board = await built({}, [standing("a", 5, 3), standing("b", 6, 4)]);
      const late = async (...steps: LogStep[]) => (await subject.index.apply(board, [], [], steps))?.late;
      expect(await late(stepBetween(2, 3))).toBe(true);
      expect(await late(stepBetween(3, 4), stepBetween(4, 9))).toBe(false);
      expect(await late()).toBe(false);
    });

    test("keeps the sum of the event numbers of its entries", async () => {
      const board = await built({}, [standing("a", 5, 3), standing("b", 6, 4)]);
      const sum = async () => (await subject.index.states([board.uid])).get(board.uid)?.seqSum;
      expect(await sum()).toBe(7);
      await subject.index.apply(board, [standing("a", 5, 10), standing("c", 1, 11), standing("b", 0, 2)], []);
      expect(await sum()).toBe(25);
      const large = await built({}, [standing("a", 5, 2 ** 53 - 1), standing("b", 6, 2 ** 50 + 5)]);
      expect(await subject.index.page(large, 0, 1)).toMatchObject({ seqSum: 4 });
      await subject.index.apply(large, [standing("b", 6, 2 ** 53 - 1)], []);
      expect(await subject.index.page(large, 0, 1)).toMatchObject({ seqSum: 2 ** 50 - 2 });
    });

    test("drops an index of one epoch only, when told so", async () => {
      const board = await built({}, [standing("a", 5, 1)]);
      const { epoch } = (await subject.index.page(board, 0, 0)) ?? {};
      await subject.index.drop(board.uid, "another");
      expect(await ranks(board)).toEqual(["a 1"]);
      await subject.index.drop(board.uid, epoch);
      expect(await ranks(board)).toBeUndefined();
    });

    test("does not bring a dropped board back by a rebuild that was under way", async () => {
      const board = await built({}, [standing("a", 5, 1)]);
      async function* copy() {
        yield [standing("a", 5, 1)];
        await subject.index.drop(board.uid);
      }
      expect(await subject.index.rebuild(board, source(copy()))).toBeNull();
      expect(await subject.index.page(board, 0, 1)).toBeNull();
    });

    test("announces exactly the visible changes", async () => {
      const board = await built({}, [standing("a", 5, 1)]);
      const built1 = (await subject.index.states([board.uid])).get(board.uid);
      const epoch = built1?.epoch ?? "";
      const heard = () => changes.filter(({ uid }) => uid === board.uid).map(({ position }) => position);
      const told = (version: number, revision: number) => ({ epoch, version, revision });
      await vi.waitFor(() => expect(heard()).toEqual([told(1, 1)]));
      await subject.index.apply(board, [standing("a", 5, 1)], ["a"]);
      await subject.index.apply(board, [{ ...standing("a", 5, 1), seq: 2 }], []);
      await subject.index.apply(board, [standing("a", 6, 3)], []);
      await vi.waitFor(() => expect(heard().at(-1)).toEqual(told(2, 1)));
      await subject.index.apply({ ...board, revision: 2 }, [], []);
      await vi.waitFor(() => expect(heard().at(-1)).toEqual(told(3, 2)));
      await subject.index.drop(board.uid);
      await vi.waitFor(() => expect(heard()).toEqual([told(1, 1), told(2, 1), told(3, 2), null]));
    });

    test("tells the states of many boards at once, and passes a probe", async () => {
      const boards = await Promise.all(Array.from({ length: 5 }, (_, i) => built({ revision: i + 1 }, [])));
      const uids = boards.map(({ uid }) => uid);
      const states = await subject.index.states([...uids, 999_999_999]);
      expect(states.size).toBe(5);
      expect(uids.map((uid) => states.get(uid)?.revision)).toEqual([1, 2, 3, 4, 5]);
      expect(await subject.index.states([])).toEqual(new Map());
      await subject.index.probe();
    });
  });
}

export function standing(player: string, score: number, seq: number): StandingChange {
  return { player, name: player, values: [score], reached: seq, seq };
}

export function batches(...all: StandingChange[][]): IndexSource {
  return source(
    (async function* () {
      yield* all;
    })(),
    Math.max(0, ...all.flat().map(({ seq }) => seq)),
  );
}

export function source(standings: AsyncIterable<StandingChange[]>, lastChange = 0): IndexSource {
  return { log: async () => ({ lastChange, digest: digestAt(lastChange) }), standings: () => standings };
}
