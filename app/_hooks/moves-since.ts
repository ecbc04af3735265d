import type { Entry } from "@/lib/domain/snapshot";
import type { Moves } from "./moves";

/** Where players stood at a moment, to be compared with. */
export interface Baseline {
  /** Milliseconds since 1970. */
  at: number;
  ranks: ReadonlyMap<string, number>;
}

export function baselineOf(entries: readonly Pick<Entry, "player" | "rank">[], at: number): Baseline {
  return { at, ranks: new Map(entries.map(({ player, rank }) => [player, rank])) };
}

/** Moves from then to now; of whose place then nothing is known, none. Those of `known` that still hold keep their object. */
export function movesSince({ ranks }: Baseline, entries: readonly Entry[], known: Moves): Moves {
  const moves: [string, { places: number; fromRank: number; until: number }][] = [];
  for (const { player, rank } of entries) {
    const fromRank = ranks.get(player);
    if (fromRank === undefined || fromRank === rank) continue;
    const places = fromRank - rank;
    const same = known.get(player);
    moves.push([player, same?.places === places ? same : { places, fromRank, until: Number.POSITIVE_INFINITY }]);
  }
  const unchanged = moves.length === known.size && moves.every(([player, move]) => known.get(player) === move);
  return unchanged ? known : new Map(moves);
}

/** How many results came in between two states, as far as both show: of players who entered, too, of those who left none. */
export function countChanges(before: readonly Entry[], after: readonly Entry[]): number {
  if (before === after) return 0;
  const known = new Map(before.map((entry) => [entry.player, entry]));
  return after.filter((entry) => !sameResult(known.get(entry.player), entry)).length;
}

function sameResult(before: Entry | undefined, after: Entry): boolean {
  const sameTiebreaks = before?.tiebreaks.every((value, i) => value === after.tiebreaks[i]);
  return before !== undefined && before.score === after.score && sameTiebreaks === true;
}
