import { expect, test, vi } from "vitest";
import { keptFor } from "@/lib/kept-for";

test("any number of readers share one reading, failed or not, and the next time begins another", async () => {
  vi.useFakeTimers();
  const read = vi.fn(async () => performance.now());
  const kept = keptFor(2_000, read);
  const readings = await Promise.all(Array.from({ length: 100 }, () => kept()));
  expect(new Set(readings).size).toBe(1);
  vi.advanceTimersByTime(1_999);
  await kept();
  expect(read).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  read.mockRejectedValueOnce(new Error("away"));
  await expect(Promise.all([kept(), kept()])).rejects.toThrow("away");
  expect(read).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});
