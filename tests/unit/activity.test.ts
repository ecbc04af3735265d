import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Activity } from "@/lib/live/activity";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function poll(activity: Activity, viewers: number, board = "b"): void {
  for (let i = 0; i < viewers; i++) activity.polled(board);
}

test("viewers who poll every five seconds are counted once each", () => {
  const activity = new Activity();
  for (let round = 0; round < 3; round++) {
    poll(activity, 7);
    expect(activity.pollersOf("b")).toBe(7);
    vi.advanceTimersByTime(2_500);
    expect(activity.pollersOf("b")).toBe(7);
    vi.advanceTimersByTime(2_500);
  }
});

test("each board counts its own, and one that nobody polled has none", () => {
  const activity = new Activity();
  poll(activity, 2, "a");
  poll(activity, 3, "b");
  expect([activity.pollersOf("a"), activity.pollersOf("b"), activity.pollersOf("c")]).toEqual([2, 3, 0]);
});

test("viewers who left are forgotten after ten seconds, however long nobody asked", () => {
  const activity = new Activity();
  poll(activity, 4);
  vi.advanceTimersByTime(5_000);
  expect(activity.pollersOf("b")).toBe(4);
  vi.advanceTimersByTime(5_000);
  expect(activity.pollersOf("b")).toBe(0);
  poll(activity, 4);
  vi.advanceTimersByTime(3_600_000);
  expect(activity.pollersOf("b")).toBe(0);
});
