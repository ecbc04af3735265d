/**
 * What befalls a watched player between two looks at the board. State-based: whatever happened in between, and however
 * often it is worked out, only the two states count, so nothing is missed that lasts and nothing is told twice.
 */
import type { Board, RankStyle } from "./board";
import type { RankedStanding } from "./ranking";
import { columnOrders, compareValues, type Values } from "./score";

export const momentKinds = ["passed", "entered-top", "left-top", "first"] as const;
export type MomentKind = (typeof momentKinds)[number];

export interface MomentData {
  /** The player's rank, after and before. */
  rank: number;
  previousRank: number;
  /** For `passed`: the nearest player who is ahead now and was not; null where there is no being certain. */
  by?: { player: string; name: string } | null;
}

export interface Moment {
  kind: MomentKind;
  data: MomentData;
}

/** One moment in a player's inbox, as JSON carries it. */
export interface InboxItem extends Moment {
  /** Grows with the order of events on a board. */
  id: number;
  board: string;
  /** When it was noticed, ISO 8601. */
  at: string;
  /** The position it was seen at: `<epoch>-<version>`. */
  position: string;
}

export interface Inbox {
  /** Unacknowledged, oldest first. */
  items: InboxItem[];
  /** How many there are in all. */
  unacknowledged: number;
}

/** Where a player stood when last judged. */
export interface Mark {
  /** Ranks of another style cannot be compared. */
  rankStyle: RankStyle;
  rank: number;
  position: number;
  /** Number of the event that reached the player's own values; the same number means the same values. */
  reached: number;
  /** The nearest players ahead, nearest first, at most `aheadMax`. */
  ahead: string[];
  /** Values of the last of `ahead`, or null when nobody is further ahead. */
  edge: Values | null;
}

/** Where a player stands, with the players just ahead, nearest first. */
export interface Sight {
  entry: RankedStanding;
  ahead: readonly RankedStanding[];
}

type Rules = Pick<Board, "order" | "operator" | "tiebreaks" | "rankStyle">;

const topRanks = 10;
/** How many of the players just ahead are remembered. */
export const aheadMax = 20;

export function momentsBetween(rules: Rules, mark: Mark, now: Sight): Moment[] {
  const { rank, position, reached } = now.entry;
  if (mark.rankStyle !== rules.rankStyle) return [];
  const ranks = { rank, previousRank: mark.rank };
  const moments: Moment[] = [];
  // A dense rank can get worse because two players ahead no longer share theirs: only the position tells who passed.
  if (reached === mark.reached && rank > mark.rank && position > mark.position) {
    moments.push({ kind: "passed", data: { ...ranks, by: passer(rules, mark, now) } });
  }
  if (rank <= topRanks && mark.rank > topRanks) moments.push({ kind: "entered-top", data: ranks });
  if (rank > topRanks && mark.rank <= topRanks) moments.push({ kind: "left-top", data: ranks });
  if (rank === 1 && mark.rank > 1) moments.push({ kind: "first", data: ranks });
  return moments;
}

export function markOf({ rankStyle }: Pick<Board, "rankStyle">, { entry, ahead }: Sight): Mark {
  const nearest = ahead.slice(0, aheadMax);
  const isComplete = nearest.length >= entry.position - 1;
  return {
    rankStyle,
    rank: entry.rank,
    position: entry.position,
    reached: entry.reached,
    ahead: nearest.map(({ player }) => player),
    edge: isComplete ? null : (nearest.at(-1)?.values ?? null),
  };
}

export function sameMark(a: Mark, b: Mark): boolean {
  const text = ({ rankStyle, rank, position, reached, ahead, edge }: Mark) =>
    JSON.stringify([rankStyle, rank, position, reached, ahead, edge]);
  return text(a) === text(b);
}

/**
 * The nearest player who is ahead now and was not. Whoever is not among those remembered may have been further ahead
 * than these: only with `best`, where nobody gets worse, do values short of theirs prove the contrary.
 */
function passer(rules: Rules, mark: Mark, { ahead }: Sight): { player: string; name: string } | null {
  const before = new Set(mark.ahead);
  const orders = columnOrders(rules);
  const wasBehind = ({ player, values }: RankedStanding) => {
    if (before.has(player)) return false;
    if (mark.edge === null) return true;
    return rules.operator === "best" && compareValues(orders, values, mark.edge) > 0;
  };
  const found = ahead.find(wasBehind);
  return found ? { player: found.player, name: found.name } : null;
}
