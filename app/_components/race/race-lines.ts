/** What a race's points say of a moment. Pure. */
import { valueAt } from "@/app/_components/chart/series";
import type { Order } from "@/lib/domain/board";
import type { Race } from "@/lib/domain/history";

export interface Racer {
  player: string;
  name: string;
  /** Null before the first score. */
  score: number | null;
}

const minuteMs = 60_000;

type Ranks = ReadonlyMap<string, number> | null;

/**
 * How it stood among those who lead now, best first: by the ranks of that moment where they are known, else by score; those
 * who tie in their order of now. Null is now.
 */
export function racersAt({ players }: Race, at: number | null, order: Order, ranks: Ranks): Racer[] {
  const racers = players.map(({ player, name, points }) => {
    return { player, name, score: valueAt(points, at ?? Number.POSITIVE_INFINITY) };
  });
  const placesApart = (a: Racer, b: Racer) =>
    (ranks && apart(ranks.get(a.player) ?? null, ranks.get(b.player) ?? null, "asc")) ||
    (at === null ? 0 : apart(a.score, b.score, order));
  return racers.sort(placesApart);
}

/** Who has none comes last. */
function apart(a: number | null, b: number | null, order: Order): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return order === "asc" ? a - b : b - a;
}

/** Where lines end: now while the season goes on; with the last event where it has come to rest. */
export function endOf(from: number, to: number, now: number): number {
  const rest = Math.max(minuteMs, (to - from) / 10);
  return now > to && now - to <= rest ? now : to;
}
