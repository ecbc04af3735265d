/**
 * Judges a run by its history alone. Pure: what it can tell of a good history and of bad ones is tested in
 * tests/unit/faults-check.test.ts.
 */
import { checkInbox } from "./check-inbox";
import { checkPages } from "./check-pages";
import { checkScores } from "./check-scores";
import { checkServed } from "./check-served";
import { checkViewers } from "./check-viewers";
import type { Recorded } from "./history";
import type { Violation } from "./violation";

export function check(events: readonly Recorded[]): Violation[] {
  const checks = [checkFaults, checkScores, checkCrashes, checkServed, checkViewers, checkPages, checkInbox];
  return checks.flatMap((one) => one(events));
}

function checkFaults(events: readonly Recorded[]): Violation[] {
  const missed = events.some((event) => event.type === "felt" && event.count === 0);
  return missed ? [{ invariant: "fault felt", detail: "the fault met nothing that it could have harmed" }] : [];
}

function checkCrashes(events: readonly Recorded[]): Violation[] {
  return events.flatMap((event) =>
    event.type === "crash"
      ? [{ invariant: "no crash" as const, detail: `instance ${event.instance} ended by itself: ${event.how}` }]
      : [],
  );
}
