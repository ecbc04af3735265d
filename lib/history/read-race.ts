import type { Board } from "@/lib/domain/board";
import { type Point, racePointsMax } from "@/lib/domain/history";
import type { Position } from "@/lib/domain/snapshot";
import type { Context } from "@/lib/leaderboard/context";
import { readSnapshot } from "@/lib/leaderboard/read-snapshot";
import { pointsOf, scoreSeries } from "./score-series";
import type { Tapes } from "./tapes";

export interface ReadRace extends Position {
  board: Board;
  players: { player: string; name: string; points: Point[] }[];
  complete: boolean;
}

/** The scores over time of the first `top` players of now. Throws `history-too-long`. */
export async function readRace(context: Context & { tapes: Tapes }, known: Board, top: number): Promise<ReadRace> {
  const { board, epoch, version, entries } = await readSnapshot(context, known, 0, top);
  return context.tapes.use({ board, epoch, version }, function* ({ tape }) {
    const all = yield* scoreSeries(
      tape,
      entries.map(({ player }) => player),
    );
    const players = entries.map(({ player, name }, i) => {
      const series = all[i];
      return { player, name, points: series ? pointsOf(tape, series, racePointsMax) : [] };
    });
    return { board, epoch, version, players, complete: tape.start === 0 };
  });
}
