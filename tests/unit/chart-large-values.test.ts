import { expect, it } from "vitest";
import { extentOf, valueScale } from "@/app/_components/chart/value-scale";

const axis = (values: number[]) => {
  const { ticks, share } = valueScale(extentOf([{ points: values.map((value, at) => [at, value] as const) }]), 4);
  return { ticks, shares: values.map(share) };
};

it("tells the largest scores apart that there can be", () => {
  const near = axis([9_007_199_254_740_988, 9_007_199_254_740_991]);
  expect(new Set(near.ticks).size).toBe(near.ticks.length);
  expect(near.shares[0]).toBeLessThan(near.shares[1] ?? 0);
  expect(axis([9_000_000_000_000 - 5, 9_000_000_000_000]).shares).toEqual([expect.closeTo(1 / 6), 1]);
});

it("draws a line where numbers have no digits left to tell values apart", () => {
  for (const share of axis([9_007_199_254.740_992 - 2e-6, 9_007_199_254.740_992]).shares) {
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1);
  }
});

it("names decimals without what floats add", () => {
  expect(axis([0, 0.3]).ticks.map(String)).toEqual(["0", "0.1", "0.2", "0.3"]);
});
