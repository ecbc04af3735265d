import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { orders, rankStyles } from "@/lib/domain/board";
import { compareStandings, rankInOrder, type Standing } from "@/lib/domain/ranking";
import { anyText } from "@/tests/support/any-text";

const board = { order: "desc", tiebreaks: [{ name: "time", order: "asc" }] } as const;
const compare = compareStandings({ ...board, tiebreaks: [...board.tiebreaks] });

function standing(player: string, values: number[], reached: number): Standing {
  return { player, name: player, values, reached };
}

const someStandings = fc.uniqueArray(
  fc.record({
    player: anyText(3),
    values: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 1 })),
    reached: fc.integer({ min: 1, max: 3 }),
  }),
  { selector: ({ player }) => player, maxLength: 12 },
);

describe("compareStandings", () => {
  test("goes by score, then tiebreaks, then who was first, then player id by code point", () => {
    const inOrder = [
      standing("z", [9, 5], 9),
      standing("y", [8, 1], 9),
      standing("x", [8, 2], 1),
      standing("b", [8, 2], 2),
      standing("\uFFFD", [8, 2], 3),
      standing("\u{1F600}", [8, 2], 3),
    ];
    expect([...inOrder].reverse().sort(compare)).toEqual(inOrder);
  });

  test("gives one order, whatever the order it starts from", () => {
    fc.assert(
      fc.property(someStandings, fc.constantFrom(...orders), fc.constantFrom(...orders), (list, order, tie) => {
        const by = compareStandings({ order, tiebreaks: [{ name: "t", order: tie }] });
        const all = list.map((one) => ({ ...one, name: "" }));
        expect([...all].reverse().sort(by)).toEqual([...all].sort(by));
        for (const a of all) for (const b of all) expect(by(a, b) === 0).toBe(a === b);
      }),
    );
  });
});

describe("rankInOrder", () => {
  const tied = [standing("a", [9], 1), standing("b", [5], 2), standing("c", [5], 3), standing("d", [1], 4)];
  const ranks = (style: (typeof rankStyles)[number]) => rankInOrder(style, tied).map(({ rank }) => rank);

  test("counts 1224, 1223 and 1234", () => {
    expect(ranks("competition")).toEqual([1, 2, 2, 4]);
    expect(ranks("dense")).toEqual([1, 2, 2, 3]);
    expect(ranks("ordinal")).toEqual([1, 2, 3, 4]);
  });

  test("gives a page the ranks and positions it has in the whole", () => {
    fc.assert(
      fc.property(someStandings, fc.constantFrom(...rankStyles), fc.nat(11), (list, style, from) => {
        const sorted = list.map((one) => ({ ...one, name: "" })).sort(compare);
        const whole = rankInOrder(style, sorted);
        const first = whole[from];
        if (first) expect(rankInOrder(style, sorted.slice(from), first)).toEqual(whole.slice(from));
        expect(whole.map(({ position }) => position)).toEqual(whole.map((_, i) => i + 1));
      }),
    );
  });

  test("of none is none", () => {
    expect(rankInOrder("dense", [])).toEqual([]);
  });
});
