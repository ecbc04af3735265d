/** What a page knows of a race, and when to look again. Pure but for chance. */
import type { Race, Timeline } from "@/lib/domain/history";
import { backoffMs, jitteredMs } from "./jitter";
import type { LookedBack } from "./look-back";

export interface FirstLook {
  race: LookedBack<Race>;
  timeline: LookedBack<Timeline>;
}

export interface RaceView {
  race: Race | null;
  timeline: Timeline | null;
  /** There is more than can be looked back over, which never gets less. */
  refused: boolean;
  /** In a row; while there are any, what is known may be old. */
  failures: number;
  retryAfterMs: number;
  lookedAt: number;
}

export const noRace: RaceView = {
  race: null,
  timeline: null,
  refused: false,
  failures: 0,
  retryAfterMs: 0,
  lookedAt: 0,
};

/** A board that never rests is looked at this often. */
const intervalMs = 10_000;
/** The first change after a rest is not the last, often. */
const settleMs = 500;

export function afterLook(
  before: RaceView,
  race: LookedBack<Race>,
  timeline: LookedBack<Timeline>,
  now: number,
): RaceView {
  const looks = [race, timeline];
  if (looks.some(({ kind }) => kind === "too-long")) return { ...noRace, refused: true, lookedAt: now };
  const waits = looks.map((look) => (look.kind === "waiting" ? (look.retryAfterMs ?? 0) : 0));
  return {
    race: race.kind === "found" ? race.data : before.race,
    timeline: timeline.kind === "found" ? timeline.data : before.timeline,
    refused: false,
    failures: looks.every(({ kind }) => kind === "found") ? 0 : before.failures + 1,
    retryAfterMs: Math.max(...waits),
    lookedAt: now,
  };
}

/** @param behind the board is known to have come further; null when there is no need to look */
export function nextLookMs(view: RaceView, behind: boolean, now: number): number | null {
  if (view.refused) return null;
  if (view.failures > 0) return Math.max(view.retryAfterMs, backoffMs(view.failures));
  return behind ? Math.max(settleMs, view.lookedAt + jitteredMs(intervalMs) - now) : null;
}
