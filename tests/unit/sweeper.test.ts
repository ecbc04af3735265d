import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Context } from "@/lib/leaderboard/context";
import { Sweeper } from "@/lib/leaderboard/sweeper";
import { silentLog } from "@/tests/support/silent-log";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([
  ["fails", () => Promise.reject(new Error("no sweep today"))],
  ["does not end", () => new Promise(() => undefined)],
])("a sweep that %s stops neither the audit nor the clean-up", async (_what, ping) => {
  const audits = vi.fn(() => []);
  const deleted = vi.fn(() => Promise.resolve({ count: 0 }));
  const sql = Object.assign(deleted, { begin: () => Promise.resolve(false) });
  const parts = { index: { ping }, database: { sql }, ...silentLog() };
  new Sweeper(parts as unknown as Context, audits);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(audits.mock.calls.length).toBeGreaterThanOrEqual(149);
  expect(deleted).toHaveBeenCalled();
});
