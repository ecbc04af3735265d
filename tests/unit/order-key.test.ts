import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { orders } from "@/lib/domain/board";
import { compareValues } from "@/lib/domain/score";
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
const five = fc.tuple(safe, safe, safe, safe, safe);

describe("an order key", () => {
  test("is read back as the values it was made of", () => {
    fc.assert(
      fc.property(directions, five, whole, (order, all, reached) => {
        const values = all.slice(0, order.length);
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
          Buffer.from(encodeOrderKey(order, a, reachedA)),
          Buffer.from(encodeOrderKey(order, b, reachedB)),
        );
        expect(bytes).toBe(Math.sign(compareValues(order, a, b)) || Math.sign(reachedA - reachedB));
      }),
      { numRuns: 500 },
    );
  });

  test("begins with the same bytes exactly for those who tie", () => {
    fc.assert(
      fc.property(directions, five, five, whole, (order, a, b, reached) => {
        const prefix = (values: number[]) =>
          encodeOrderKey(order, values, reached).slice(0, columnsWidth({ tiebreaks: order.slice(1) as never }));
        expect(prefix(a) === prefix(b)).toBe(compareValues(order, a, b) === 0);
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
