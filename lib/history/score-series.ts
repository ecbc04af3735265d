import type { Point } from "@/lib/domain/history";
import type { Tape } from "@/lib/domain/tape";
import { thin } from "@/lib/domain/thin";

/** A player's scaled scores, each with the place on the tape at which it was reached. */
export interface ScoreSeries {
  places: number[];
  scores: number[];
}

/** One for each player: every change of the score. Where the tape's beginning was forgotten, first what it was then. */
export function* scoreSeries(tape: Tape, players: readonly string[]): Generator<void, ScoreSeries[]> {
  const all = players.map((): ScoreSeries => ({ places: [], scores: [] }));
  yield* tape.follow(players, (which, place, applied, [score = 0]) => {
    const series = all[which];
    if (!series || !applied || series.scores.at(-1) === score) return;
    series.places.push(Math.max(place, tape.start + 1));
    series.scores.push(score);
  });
  return all;
}

/** At most `max` of the changes, to be drawn. */
export function pointsOf(tape: Tape, { places, scores }: ScoreSeries, max: number): Point[] {
  return thin(scores, max).map((i) => [tape.timeAt(places[i] ?? 0), scores[i] ?? 0]);
}
