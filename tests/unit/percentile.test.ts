import { expect, it } from "vitest";
import { topPercent, topShare } from "@/lib/domain/percentile";

it("rounds up to what is true of the player: whole percents, below one to the first digit that says something", () => {
  const cases = [
    [1, 10],
    [3, 1_000],
    [29, 1_000],
    [1, 3],
    [1, 1_000_000],
    [951, 1_000_000],
    [95, 100_000],
  ] as const;
  expect(cases.map(([position, total]) => topPercent(position, total))).toEqual([10, 0.3, 3, 34, 0.0001, 0.1, 0.1]);
});

it("never says less than the truth, and never more than a step above it", () => {
  for (let total = 1; total <= 700; total++) {
    for (let position = 1; position <= total; position++) {
      const [said, exact] = [topPercent(position, total), (100 * position) / total];
      const step = exact >= 1 ? 1 : 0.1;
      if (said < exact - 1e-9 || said >= exact + step) expect([position, total, said]).toEqual("honest");
    }
  }
});

it("says 100 of the last, and of whoever is further down than there are players", () => {
  expect([topPercent(5, 5), topPercent(1, 1), topPercent(7, 5), topPercent(1, 0)]).toEqual([100, 100, 100, 100]);
});

it("is not told among few players, nor where it is no praise", () => {
  expect([topShare(1, 19), topShare(10, 20), topShare(11, 20), topShare(100, 100)]).toEqual([null, 0.5, null, null]);
  expect(topShare(77, 2_554)).toBe(0.04);
});
