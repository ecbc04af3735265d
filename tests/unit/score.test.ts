import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Operator, type Order, operators, orders } from "@/lib/domain/board";
import {
  addValue,
  applyScore,
  columnOrders,
  compareValues,
  isMissing,
  missingValue,
  withTiebreaks,
} from "@/lib/domain/score";

const rules = (operator: Operator, order: Order = "desc", tiebreaks: Order[] = []) => ({
  operator,
  order,
  tiebreaks: tiebreaks.map((one, i) => ({ name: `t${i}`, order: one })),
});
const columns = (max: number) => fc.tuple(...Array.from({ length: 3 }, () => fc.integer({ min: -max, max })));
const anyRules = fc.record({
  operator: fc.constantFrom(...operators),
  order: fc.constantFrom(...orders),
  tiebreaks: fc.tuple(fc.constantFrom(...orders), fc.constantFrom(...orders)),
});

describe("applyScore", () => {
  test("takes any first score", () => {
    for (const operator of operators) {
      expect(applyScore(rules(operator), null, [-5])).toEqual({ outcome: "applied", values: [-5] });
    }
  });

  test("`best` keeps the better whole tuple, never column by column", () => {
    const board = rules("best", "desc", ["asc"]);
    expect(applyScore(board, [10, 5], [10, 4])).toEqual({ outcome: "applied", values: [10, 4] });
    expect(applyScore(board, [10, 5], [9, 1])).toEqual({ outcome: "unchanged", values: [10, 5] });
    expect(applyScore(board, [10, 5], [11, 99])).toEqual({ outcome: "applied", values: [11, 99] });
    expect(applyScore(rules("best", "asc"), [10], [9])).toEqual({ outcome: "applied", values: [9] });
  });

  test("`set` takes what is posted, better or worse", () => {
    expect(applyScore(rules("set"), [10], [3])).toEqual({ outcome: "applied", values: [3] });
    expect(applyScore(rules("set"), [3], [3])).toEqual({ outcome: "unchanged", values: [3] });
  });

  test("`incr` adds column by column, and refuses a sum that would not be exact", () => {
    const board = rules("incr", "desc", ["asc"]);
    expect(applyScore(board, [10, 5], [-4, 2])).toEqual({ outcome: "applied", values: [6, 7] });
    expect(applyScore(board, [10, 5], [0, 0])).toEqual({ outcome: "unchanged", values: [10, 5] });
    expect(applyScore(board, [Number.MAX_SAFE_INTEGER, 5], [1, 0])).toEqual({ outcome: "out-of-range" });
    expect(applyScore(board, [5, Number.MIN_SAFE_INTEGER], [0, -1])).toEqual({ outcome: "out-of-range" });
  });

  test("`incr` puts a first tiebreak in the place of a missing one, and adds nothing for one left out", () => {
    const board = rules("incr", "desc", ["asc", "desc"]);
    const [asc, desc] = [missingValue("asc"), missingValue("desc")];
    expect(applyScore(board, [10, asc, desc], [1, 0, desc])).toEqual({ outcome: "applied", values: [11, 0, desc] });
    expect(applyScore(board, [10, asc, 7], [0, asc, desc])).toEqual({ outcome: "unchanged", values: [10, asc, 7] });
  });

  test("`best` takes any tiebreak for better than a missing one", () => {
    for (const order of orders) {
      const board = rules("best", "desc", [order]);
      const [first, worst] = [missingValue(order), order === "asc" ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER];
      expect(applyScore(board, [10, first], [10, worst])).toEqual({ outcome: "applied", values: [10, worst] });
      expect(applyScore(board, [10, worst], [10, first])).toEqual({ outcome: "unchanged", values: [10, worst] });
      expect(applyScore(board, [10, first], [10, first])).toEqual({ outcome: "unchanged", values: [10, first] });
    }
  });

  test("is unchanged exactly when the values are", () => {
    fc.assert(
      fc.property(anyRules, columns(3), columns(3), (given, current, posted) => {
        const board = rules(given.operator, given.order, given.tiebreaks);
        const applied = applyScore(board, current, posted);
        if (applied.outcome === "out-of-range") throw new Error("small numbers stay in range");
        const better = compareValues(columnOrders(board), applied.values, current);
        expect(applied.outcome === "unchanged").toBe(better === 0);
        if (given.operator === "best") expect(better).toBeLessThanOrEqual(0);
      }),
    );
  });
});

test("no sum is taken for a missing value", () => {
  expect(addValue(Number.MAX_SAFE_INTEGER, 1)).toBeNaN();
  expect(addValue(Number.MIN_SAFE_INTEGER, -1)).toBeNaN();
  expect(addValue(Number.MAX_SAFE_INTEGER - 1, 1)).toBe(Number.MAX_SAFE_INTEGER);
  expect([missingValue("asc"), missingValue("desc"), Number.MAX_SAFE_INTEGER, 0].map(isMissing)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test("tiebreaks that were left out stay as they are, with incr nothing is added, and on a first post they are missing", () => {
  const board = (operator: "best" | "set" | "incr") => rules(operator, "desc", ["asc", "desc"]);
  for (const operator of ["best", "set"] as const) {
    expect(withTiebreaks(board(operator), [7], [5, 300, 2])).toEqual([7, 300, 2]);
  }
  const missing = [missingValue("asc"), missingValue("desc")];
  expect(withTiebreaks(board("incr"), [7], [5, 300, 2])).toEqual([7, ...missing]);
  for (const operator of operators) expect(withTiebreaks(board(operator), [7], null)).toEqual([7, ...missing]);
  expect(withTiebreaks(board("set"), [7, 1, 1], [5, 300, 2])).toEqual([7, 1, 1]);
  expect(withTiebreaks(board("set"), [7, null, 1], [5, 300, 2])).toEqual([7, 300, 1]);
  expect(withTiebreaks(board("best"), [7, 3, null], null)).toEqual([7, 3, missingValue("desc")]);
});

test("compareValues is a total order at the ends of the range too", () => {
  const safe = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, -1, 0, 1];
  const extreme = fc.constantFrom(...safe, ...orders.map(missingValue));
  const tuple = fc.tuple(extreme, extreme, extreme);
  const direction = fc.tuple(...Array.from({ length: 3 }, () => fc.constantFrom(...orders)));
  fc.assert(
    fc.property(direction, tuple, tuple, tuple, (order, a, b, c) => {
      const sign = (x: readonly number[], y: readonly number[]) => Math.sign(compareValues(order, x, y));
      expect(sign(a, b)).toBe(0 - sign(b, a));
      expect(sign(a, b) === 0).toBe(a.join() === b.join());
      if (sign(a, b) <= 0 && sign(b, c) <= 0) expect(sign(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});
