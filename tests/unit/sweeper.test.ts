import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Context } from "@/lib/leaderboard/context";
import { IndexLag } from "@/lib/leaderboard/index-lag";
import { Sweeper } from "@/lib/leaderboard/sweeper";
import { silentLog } from "@/tests/support/silent-log";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([
  ["fails", () => Promise.reject(new Error("no sweep today")), 299],
  ["does not end", () => new Promise<void>(() => undefined), 1],
])("a sweep that %s stops neither the audit nor the clean-up", async (_what, sweep, sweepsMin) => {
  const probe = vi.fn(sweep);
  const states = vi.fn((_uids: number[]) => Promise.reject(new Error("no audit either")));
  const deleted = vi.fn(() => Promise.resolve({ count: 0 }));
  const sql = Object.assign(deleted, { begin: () => Promise.resolve(false) });
  const db = { selectDistinct: () => ({ from: () => ({ where: async () => [{ uid: 1 }] }) }) };
  const index = { probe, states, shardOf: () => "" };
  const lag = new IndexLag();
  lag.require(7, 3);
  const parts = { index, database: { sql, db, connectionsLost: () => 0 }, lag, ...silentLog() };
  new Sweeper(parts as unknown as Context, () => [1]);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(probe.mock.calls.length).toBeGreaterThanOrEqual(sweepsMin);
  if (sweepsMin === 1) expect(probe).toHaveBeenCalledTimes(1);
  expect(states.mock.calls.length).toBeGreaterThanOrEqual(149);
  // The board in use, and the one that is behind.
  expect(states).toHaveBeenLastCalledWith([1, 7]);
  expect(deleted).toHaveBeenCalled();
});
