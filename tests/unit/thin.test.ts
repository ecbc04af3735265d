import fc from "fast-check";
import { expect, test } from "vitest";
import { spread, thin } from "@/lib/domain/thin";

test("few values are all drawn", () => {
  for (const count of [0, 1, 2, 19, 20]) {
    expect(thin(Array(count).fill(7), 20)).toEqual(Array.from({ length: count }, (_, i) => i));
  }
});

test("of many as many as asked for at most, in order, with first and last, the lowest and the highest", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer(), { minLength: 21, maxLength: 300 }),
      fc.integer({ min: 4, max: 20 }),
      (values, max) => {
        const kept = thin(values, max);
        expect(kept.length).toBeLessThanOrEqual(max);
        expect([kept[0], kept.at(-1)]).toEqual([0, values.length - 1]);
        expect(kept).toEqual([...new Set(kept)].toSorted((a, b) => a - b));
        const drawn = kept.map((i) => values[i] ?? 0);
        expect([Math.min(...drawn), Math.max(...drawn)]).toEqual([Math.min(...values), Math.max(...values)]);
      },
    ),
  );
});

test("what only grows is thinned out evenly", () => {
  const kept = thin(
    Array.from({ length: 1_000 }, (_, i) => i),
    100,
  );
  const gaps = kept.slice(1).map((i, before) => i - (kept[before] ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(21);
});

test("numbers are spread from the first to the last, evenly, none twice", () => {
  expect(spread(1, 5, 200)).toEqual([1, 2, 3, 4, 5]);
  expect(spread(0, 10, 3)).toEqual([0, 5, 10]);
  expect(spread(7, 7, 9)).toEqual([7]);
  expect(spread(7, 20, 1)).toEqual([20]);
  expect(spread(7, 20, 0)).toEqual([]);
  expect(spread(1, 0, 9)).toEqual([]);
  const many = spread(1, 1_000_000, 200);
  expect([many.length, many[0], many.at(-1), new Set(many).size]).toEqual([200, 1, 1_000_000, 200]);
});
