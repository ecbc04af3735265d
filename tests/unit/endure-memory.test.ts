import { expect, it } from "vitest";
import { growth, type MemorySample } from "@/tests/endure/memory";

/** Every ten seconds for ten minutes. */
function samples(heapAt: (seconds: number) => number): MemorySample[] {
  return Array.from({ length: 61 }, (_, i) => ({ at: i * 10, heapBytes: heapAt(i * 10), nodes: 1, listeners: 1 }));
}

it("compares the minute after the first with the last, and a single outlier means nothing", () => {
  expect(
    growth(
      samples(() => 500),
      "heapBytes",
      60,
      600,
    ),
  ).toBe(1);
  const warmsUp = samples((at) => (at < 60 ? 100 : 500));
  expect(growth(warmsUp, "heapBytes", 60, 600)).toBe(1);
  expect(
    growth(
      samples((at) => (at === 560 ? 9_000 : 500)),
      "heapBytes",
      60,
      600,
    ),
  ).toBe(1);
});

it("tells a leak, however slow", () => {
  expect(
    growth(
      samples((at) => 1_000 + at / 4),
      "heapBytes",
      60,
      600,
    ),
  ).toBeGreaterThan(1.1);
});

it("says nothing of what was too short", () => {
  expect(
    growth(
      samples(() => 500),
      "heapBytes",
      60,
      170,
    ),
  ).toBeNull();
});
