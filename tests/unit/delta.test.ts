import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Board } from "@/lib/domain/board";
import { applyDelta, diffEntries } from "@/lib/domain/delta";
import type { RankedStanding } from "@/lib/domain/ranking";
import { encodeDelta, encodeSnapshot } from "@/lib/domain/wire";

const board: Board = {
  uid: 1,
  id: "b",
  name: "B",
  order: "desc",
  operator: "best",
  decimals: 2,
  tiebreaks: [{ name: "time", order: "asc" }],
  rankStyle: "competition",
  delivery: "sse",
  embedHosts: [],
  revision: 1,
};

const entry = fc.record({
  player: fc.constantFrom("a", "b", "c", "d", "e", "f", "__proto__", "constructor", "42", "\u{1F600}"),
  name: fc.constantFrom("x", "y", "__proto__"),
  values: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 1 })),
  rank: fc.integer({ min: 1, max: 4 }),
  reached: fc.integer({ min: 1, max: 9 }),
});
const window = fc
  .uniqueArray(entry, { selector: ({ player }) => player, maxLength: 10 })
  .map((list) => list.map((one, i): RankedStanding => ({ ...one, position: i + 1 })));

function snapshot(version: number, total: number, entries: RankedStanding[]) {
  return JSON.parse(encodeSnapshot({ board, epoch: "e", version, total, entries, asOf: "then", stale: false }));
}

describe("a delta", () => {
  test("turns the snapshot it starts from into exactly the one it leads to, as clients read them", () => {
    fc.assert(
      fc.property(window, window, fc.nat(20), fc.nat(20), (before, after, oldTotal, total) => {
        const delta = encodeDelta({ from: 4, to: 9, total, ...diffEntries(before, after) }, board.decimals);
        const applied = applyDelta(snapshot(4, oldTotal, before), JSON.parse(delta));
        expect(applied).toEqual(snapshot(9, total, after));
      }),
    );
  });

  test("holds what a client could see differ, and nothing else", () => {
    fc.assert(
      fc.property(window, window, (before, after) => {
        const delta = diffEntries(before, after);
        const old = new Map(before.map((one) => [one.player, one]));
        const seen = (one: RankedStanding | undefined) => JSON.stringify(one && { ...one, reached: 0 });
        const differs = after.filter((one) => seen(old.get(one.player)) !== seen(one));
        expect(delta.changed.map((change) => change.entry)).toEqual(differs);
        for (const change of delta.changed) {
          expect(change.previousRank).toBe(old.get(change.entry.player)?.rank ?? null);
        }
        const now = new Set(after.map(({ player }) => player));
        expect(delta.removed).toEqual(before.map(({ player }) => player).filter((player) => !now.has(player)));
      }),
    );
  });

  test("is refused by a snapshot it does not start from", () => {
    const delta = { from: 3, to: 4, total: 0, changed: [], removed: [] };
    expect(() => applyDelta({ version: 2, total: 0, entries: [] }, delta)).toThrow("version 3");
  });
});
