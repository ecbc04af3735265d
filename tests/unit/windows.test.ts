import { expect, it } from "vitest";
import { covers, overlap, windowFor } from "@/app/_hooks/windows";

it("takes the window of the stream while it holds all rows", () => {
  expect(windowFor(0, 100, null)).toEqual({ offset: 0, limit: 100 });
  expect(windowFor(0, 60, { offset: 0, limit: 300 })).toEqual({ offset: 0, limit: 100 });
});

it("holds the rows, with room to scroll on both sides, for any place and any height of window", () => {
  for (const count of [30, 80, 200, 500, 700]) {
    for (let first = 101; first < 20_000; first += 37) {
      const found = windowFor(first, first + count, null);
      expect(covers(found, first, first + count)).toBe(true);
      expect(found.offset % 100).toBe(0);
      expect(found.limit).toBeLessThanOrEqual(1_000);
    }
  }
});

it("stays in the window it has while that holds the rows", () => {
  const current = { offset: 1_000, limit: 300 };
  expect(windowFor(1_000, 1_080, current)).toBe(current);
  expect(windowFor(1_220, 1_300, current)).toBe(current);
  expect(windowFor(1_224, 1_304, current)).not.toEqual(current);
});

it("counts the rows that a window holds", () => {
  const window = { offset: 100, limit: 100 };
  expect([overlap(window, 0, 100), overlap(window, 90, 110), overlap(window, 150, 400)]).toEqual([0, 10, 50]);
});
