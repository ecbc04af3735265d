import { expect, it } from "vitest";
import { afterLook, nextLookMs, noRace } from "@/app/_hooks/race-view";
import type { Race, Timeline } from "@/lib/domain/history";

const race: Race = { epoch: "e", version: 1, players: [], complete: true };
const timeline: Timeline = { from: null, to: null, events: 0, seq: 0, marks: [], complete: true };
const found = { race: { kind: "found", data: race }, timeline: { kind: "found", data: timeline } } as const;
const waiting = { kind: "waiting", retryAfterMs: 3_000 } as const;

it("rests while the board does, and looks soon after a change, but at a board that never rests every ten seconds", () => {
  const view = afterLook(noRace, found.race, found.timeline, 100_000);
  expect(view).toMatchObject({ race, timeline, failures: 0 });
  expect(nextLookMs(view, false, 500_000)).toBe(null);
  expect(nextLookMs(view, true, 500_000)).toBe(500);
  expect(nextLookMs(view, true, 101_000)).toBeGreaterThanOrEqual(8_000);
  expect(nextLookMs(view, true, 101_000)).toBeLessThanOrEqual(10_000);
});

it("keeps what it has when an answer does not come, and asks again, not before the server said", () => {
  const first = afterLook(noRace, waiting, waiting, 0);
  expect(first).toMatchObject({ race: null, failures: 1 });
  expect(nextLookMs(first, true, 0)).toBeGreaterThanOrEqual(3_000);
  const half = afterLook(first, found.race, { kind: "waiting", retryAfterMs: null }, 0);
  expect(half).toMatchObject({ race, timeline: null, failures: 2 });
  const later = afterLook(afterLook(half, found.race, found.timeline, 0), waiting, waiting, 0);
  expect(later).toMatchObject({ race, timeline, failures: 1 });
  expect(nextLookMs(later, false, 0)).toBeGreaterThanOrEqual(3_000);
});

it("gives up on a past that is too long: it never gets shorter", () => {
  const view = afterLook(afterLook(noRace, found.race, found.timeline, 0), { kind: "too-long" }, found.timeline, 0);
  expect(view).toMatchObject({ refused: true, race: null, timeline: null });
  expect(nextLookMs(view, true, 0)).toBe(null);
});
