import type { Values } from "@/lib/domain/score";
import { unknownPlayer } from "@/lib/leaderboard/read-player";
import { isPastLoss } from "./loss";
import type { BoardNow, Tapes } from "./tapes";

export interface ReadEvents {
  player: string;
  events: { seq: number; at: number; posted: Values; applied: boolean; after: Values }[];
  /** Number of the oldest of them, if there are older ones. */
  next: number | null;
  complete: boolean;
  /** Nothing can be added to them any more, and nothing be lost. */
  settled: boolean;
}

export interface EventsPage {
  /** Only events with lower numbers. */
  before: number | undefined;
  limit: number;
}

export const eventsMax = 200;

/** A player's events, newest first, each with the values it led to. Throws `player-not-found`, `history-too-long`. */
export function readEvents(
  { tapes }: { tapes: Tapes },
  now: BoardNow,
  player: string,
  { before = Number.POSITIVE_INFINITY, limit }: EventsPage,
): Promise<ReadEvents> {
  const isSettled = (newest: number) => before <= newest + 1;
  return tapes.use(
    now,
    function* ({ tape }) {
      if (tape.numberOf(player) === undefined) throw unknownPlayer(now.board, player);
      const end = tape.placeOfSeq(before - 1);
      let latest: { place: number; applied: boolean; after: Values }[] = [];
      yield* tape.follow([player], (_, place, applied, after) => {
        if (place === tape.start || place > end) return;
        latest.push({ place, applied, after: [...after] });
        if (latest.length > 2 * eventsMax) latest = latest.slice(-limit - 1);
      });
      const events = latest
        .slice(-limit)
        .reverse()
        .map(({ place, applied, after }) => {
          return { seq: tape.seqAt(place), at: tape.timeAt(place), posted: tape.postedAt(place), applied, after };
        });
      const next = latest.length > limit ? (events.at(-1)?.seq ?? null) : null;
      const settled = isSettled(tape.seqAt(tape.end)) && isPastLoss(tape.timeAt(end));
      return { player, events, next, complete: tape.start === 0, settled };
    },
    (tape) => !isSettled(tape.seqAt(tape.end)) || tape.numberOf(player) === undefined,
  );
}
