import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignColors, type Colors, colorsMax } from "@/app/_components/race/colors";
import { endOf, racersAt } from "@/app/_components/race/race-lines";
import type { Race } from "@/lib/domain/history";

const ids = fc.uniqueArray(fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom("p1", "p2", "__proto__", "🪜")), {
  minLength: 1,
  maxLength: colorsMax,
});
const none: Colors = new Map();

describe("colours", () => {
  it("differ among those who lead, and each is one of the chart's", () => {
    fc.assert(
      fc.property(ids, (players) => {
        const colors = players.map((player) => assignColors(players, none).get(player) ?? -1);
        expect(new Set(colors).size).toBe(players.length);
        expect(colors.every((color) => Number.isInteger(color) && color >= 0 && color < colorsMax)).toBe(true);
      }),
    );
  });

  it("are the same in whatever order the players stand", () => {
    fc.assert(
      fc.property(ids, fc.infiniteStream(fc.nat()), (players, chance) => {
        const keys = new Map(players.map((player) => [player, chance.next().value ?? 0]));
        const shuffled = players.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
        const colors = assignColors(shuffled, none);
        for (const [player, color] of assignColors(players, none)) expect(colors.get(player)).toBe(color);
      }),
    );
  });

  it("stay with who stays, while others come and go", () => {
    fc.assert(
      fc.property(fc.array(ids, { minLength: 2, maxLength: 6 }), (fields) => {
        let before = none;
        for (const players of fields) {
          const now = assignColors(players, before);
          for (const player of players) if (before.has(player)) expect(now.get(player)).toBe(before.get(player));
          expect(new Set(now.values()).size).toBe(players.length);
          before = now;
        }
      }),
    );
  });

  it("follow the id alone where nobody else wants the same", () => {
    expect([...assignColors(["ada"], none)]).toEqual([...assignColors(["ada"], new Map([["bob", 3]]))]);
  });

  it("are shared when there are more players than colours", () => {
    const many = Array.from({ length: 25 }, (_, i) => `p${i}`);
    expect(new Set(assignColors(many, none).values()).size).toBe(colorsMax);
  });
});

describe("how it stood among those who lead", () => {
  const race = (...points: [number, number][][]): Race => ({
    epoch: "e",
    version: 1,
    complete: true,
    players: points.map((list, i) => ({ player: `p${i}`, name: `P${i}`, points: list })),
  });
  const at = (
    moment: number | null,
    order: "asc" | "desc" = "desc",
    ranks: ReadonlyMap<string, number> | null = null,
  ) =>
    racersAt(
      race(
        [
          [10, 1],
          [30, 9],
        ],
        [[20, 5]],
        [[20, 5]],
      ),
      moment,
      order,
      ranks,
    ).map(({ player, score }) => [player, score]);

  it("is by score, best first, and those without one come last", () => {
    expect(at(9)).toEqual([
      ["p0", null],
      ["p1", null],
      ["p2", null],
    ]);
    expect(at(20)).toEqual([
      ["p1", 5],
      ["p2", 5],
      ["p0", 1],
    ]);
    expect(at(29)).toEqual(at(20));
    expect(at(30)).toEqual([
      ["p0", 9],
      ["p1", 5],
      ["p2", 5],
    ]);
    expect(at(19)).toEqual([
      ["p0", 1],
      ["p1", null],
      ["p2", null],
    ]);
  });

  it("is lowest first where the board is", () => {
    expect(at(20, "asc")).toEqual([
      ["p0", 1],
      ["p1", 5],
      ["p2", 5],
    ]);
  });

  it("is by the ranks of that moment where they are known, which tell those apart whose scores are the same", () => {
    const ranks = new Map([
      ["p2", 3],
      ["p1", 14],
    ]);
    expect(at(20, "desc", ranks)).toEqual([
      ["p2", 5],
      ["p1", 5],
      ["p0", 1],
    ]);
    expect(at(null, "desc", ranks)).toEqual([
      ["p2", 5],
      ["p1", 5],
      ["p0", 9],
    ]);
  });

  it("is the board's own order now, which knows tiebreaks", () => {
    expect(at(null, "asc")).toEqual([
      ["p0", 9],
      ["p1", 5],
      ["p2", 5],
    ]);
  });
});

it("lines end now while a season goes on, and with its last event where it rests", () => {
  const hour = 3_600_000;
  expect(endOf(0, 10 * hour, 10.9 * hour)).toBe(10.9 * hour);
  expect(endOf(0, 10 * hour, 11.1 * hour)).toBe(10 * hour);
  expect(endOf(0, 0, 59_000)).toBe(59_000);
  expect(endOf(0, 0, 61_000)).toBe(0);
  // The viewer's clock is behind.
  expect(endOf(0, 10 * hour, 9 * hour)).toBe(10 * hour);
});
