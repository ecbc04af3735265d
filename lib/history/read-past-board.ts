import { withDeadline } from "@/db/client";
import { findStandings } from "@/db/queries/standings";
import { type RankedStanding, rankInOrder, type Standing } from "@/lib/domain/ranking";
import type { Tape } from "@/lib/domain/tape";
import type { Context } from "@/lib/leaderboard/context";
import { isPastLoss } from "./loss";
import { type BoardNow, type Tapes, tooLong } from "./tapes";

/** By the number of an event, or by the clock in milliseconds since 1970; neither means now. */
export interface Moment {
  seq?: number | undefined;
  time?: number | undefined;
}

export interface FoundMoment {
  /** Number of the last event up to then; 0 before the first. */
  seq: number;
  /** Nothing that is still to come can change what was so then, and nothing of it be lost. */
  settled: boolean;
}

export interface PastStandingsPage {
  at: number | null;
  seq: number;
  total: number;
  entries: RankedStanding[];
}

type Looking = Pick<Context, "database"> & { tapes: Tapes };

/** Finds the last event of a moment. Throws `history-too-long`. */
export function findMoment({ tapes }: Looking, now: BoardNow, moment: Moment): Promise<FoundMoment> {
  return tapes.look(
    now,
    (tape) => {
      const place = placeOf(tape, moment);
      return { seq: tape.seqAt(place), settled: isSettled(tape, moment) && isPastLoss(tape.timeAt(place)) };
    },
    (tape) => !isSettled(tape, moment),
  );
}

/**
 * The board's first `limit` as they stood after event `seq`, under the names and the rank style of today.
 * Throws `history-too-long`.
 */
export async function readPastBoard(
  { tapes, database }: Looking,
  now: BoardNow,
  seq: number,
  limit: number,
): Promise<PastStandingsPage> {
  const { board } = now;
  const { standings, ...page } = await tapes.use(
    now,
    function* (reel) {
      const { tape } = reel;
      const place = placeOf(tape, { seq });
      const past = yield* reel.standingsAt(place);
      const best = yield* past.top(limit);
      const standings = best.map((number): Standing => {
        const player = tape.players[number] ?? "";
        return { player, name: player, values: past.valuesOf(number) ?? [], reached: past.reachedOf(number) };
      });
      return { at: place === 0 ? null : tape.timeAt(place), seq: tape.seqAt(place), total: past.total, standings };
    },
    (tape) => !isSettled(tape, { seq }),
  );
  const players = standings.map(({ player }) => player);
  const present = await withDeadline(findStandings(database.db, board.uid, players));
  const names = new Map(present.map(({ player, name }) => [player, name]));
  const named = standings.map((standing) => ({ ...standing, name: names.get(standing.player) ?? standing.name }));
  return { ...page, entries: rankInOrder(board.rankStyle, named) };
}

function placeOf(tape: Tape, { seq, time }: Moment): number {
  const bySeq = seq === undefined ? tape.end : tape.placeOfSeq(seq);
  const place = time === undefined ? bySeq : tape.placeOfTime(time);
  // What the board was like just where the tape begins is known, but not when.
  if (tape.start > 0 && place === tape.start) throw tooLong();
  return place;
}

function isSettled(tape: Tape, { seq, time }: Moment): boolean {
  if (time !== undefined) return time < tape.timeAt(tape.end);
  return seq !== undefined && seq <= tape.seqAt(tape.end);
}
