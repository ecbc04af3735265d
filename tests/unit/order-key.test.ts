import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Order, orders } from "@/lib/domain/board";
import { compareValues, missingValue } from "@/lib/domain/score";
import {
  columnsWidth,
  columnWidth,
  decodeOrderKey,
  decodeWhole,
  encodeOrderKey,
  encodeWhole,
  indexShape,
} from "@/lib/rank-index/order-key";

const safe = fc.oneof(
  fc.maxSafeInteger().map((value) => value + 0),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 27, -(2 ** 27), 2 ** 27 - 1, 2 ** 52),
);
const whole = safe.map(Math.abs);
const directions = fc.array(fc.constantFrom(...orders), { minLength: 1, maxLength: 5 });
/** A score, and tiebreaks of which some are missing. */
const maybe = fc.option(safe, { freq: 4 });
const five = fc.tuple(safe, maybe, maybe, maybe, maybe);
const valuesOf = (order: Order[], all: (number | null)[]) => order.map((one, i) => all[i] ?? missingValue(one));

describe("an order key", () => {
  test("is read back as the values it was made of", () => {
    fc.assert(
      fc.property(directions, five, whole, (order, all, reached) => {
        const values = valuesOf(order, all);
        const key = encodeOrderKey(order, values, reached);
        expect(key).toMatch(/^[-0-9A-Z_a-z]+$/);
        expect(key).toHaveLength(columnWidth * (order.length + 1));
        expect(decodeOrderKey(order, `${key}player`)).toEqual({ values, reached });
      }),
    );
  });

  test("orders by its bytes as the standings are ordered", () => {
    fc.assert(
      fc.property(directions, five, five, whole, whole, (order, a, b, reachedA, reachedB) => {
        const bytes = Buffer.compare(
          Buffer.from(encodeOrderKey(order, valuesOf(order, a), reachedA)),
          Buffer.from(encodeOrderKey(order, valuesOf(order, b), reachedB)),
        );
        const values = compareValues(order, valuesOf(order, a), valuesOf(order, b));
        expect(bytes).toBe(Math.sign(values) || Math.sign(reachedA - reachedB));
      }),
      { numRuns: 500 },
    );
  });

  test("begins with the same bytes exactly for those who tie", () => {
    fc.assert(
      fc.property(directions, five, five, whole, (order, a, b, reached) => {
        const prefix = (values: (number | null)[]) =>
          encodeOrderKey(order, valuesOf(order, values), reached).slice(
            0,
            columnsWidth({ tiebreaks: order.slice(1) as never }),
          );
        expect(prefix(a) === prefix(b)).toBe(compareValues(order, valuesOf(order, a), valuesOf(order, b)) === 0);
      }),
    );
  });

  test("puts a missing tiebreak behind every value", () => {
    fc.assert(
      fc.property(fc.constantFrom(...orders), safe, (order, value) => {
        const key = (one: number) => encodeOrderKey(["desc", order], [0, one], 0);
        expect(key(value) < key(missingValue(order))).toBe(true);
      }),
    );
  });
});

test("whole numbers are read back and ordered by their bytes", () => {
  fc.assert(
    fc.property(whole, whole, (a, b) => {
      expect(decodeWhole(encodeWhole(a))).toBe(a);
      expect(encodeWhole(a) < encodeWhole(b)).toBe(a < b);
    }),
  );
});

test("a shape tells columns and dense ranks apart, and nothing else", () => {
  const desc = { order: "desc", tiebreaks: [], rankStyle: "competition" } as const;
  const shapes = [
    desc,
    { ...desc, order: "asc" },
    { ...desc, rankStyle: "dense" },
    { ...desc, tiebreaks: [{ name: "t", order: "asc" }] },
    { ...desc, tiebreaks: [{ name: "t", order: "desc" }] },
  ].map((board) => indexShape(board as never));
  expect(new Set(shapes).size).toBe(shapes.length);
  expect(indexShape({ ...desc, tiebreaks: [], rankStyle: "ordinal" })).toBe(shapes[0]);
});
