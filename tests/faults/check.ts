/**
 * Judges a run by its history alone. Pure: what it can tell of a good history and of bad ones is tested in
 * tests/unit/faults-check.test.ts.
 */
import { checkScores } from "./check-scores";
import { checkViewers } from "./check-viewers";
import type { Recorded } from "./history";

export interface Violation {
  invariant: Invariant;
  detail: string;
}

export type Invariant =
  | "counted once"
  | "all or nothing"
  | "no refusal"
  | "standings"
  | "no crash"
  | "index"
  | "versions grow"
  | "deltas chain"
  | "no way back"
  | "stream converges"
  | "poll converges"
  | "fresh";

/** Milliseconds after everything is healed, all writers are answered and Postgres is at rest. */
export const limits = {
  index: 10_000,
  /** 15 s as promised; and half a second for the viewer's own machine, which here is the servers' as well. */
  stream: 15_500,
  /** From when the index of every instance is right; likewise. */
  poll: 6_500,
  /** For a change long after healing to be on every stream. */
  fresh: 2_000,
};

export function check(events: readonly Recorded[]): Violation[] {
  return [...checkScores(events), ...checkCrashes(events), ...checkViewers(events)];
}

function checkCrashes(events: readonly Recorded[]): Violation[] {
  return events.flatMap((event) =>
    event.type === "crash"
      ? [{ invariant: "no crash" as const, detail: `instance ${event.instance} ended by itself: ${event.how}` }]
      : [],
  );
}
