import type { RankStyle } from "@/lib/domain/board";
import { historyPointsMax, type Point } from "@/lib/domain/history";
import type { Tape } from "@/lib/domain/tape";
import { spread } from "@/lib/domain/thin";
import { unknownPlayer } from "@/lib/leaderboard/read-player";
import { pointsOf, type ScoreSeries, scoreSeries } from "./score-series";
import type { BoardNow, Tapes } from "./tapes";

export interface ReadHistory {
  player: string;
  points: Point[];
  ranks: Point[] | null;
  complete: boolean;
}

/** The moments at which a rank is found out: right after some of the player's own changes, and evenly since the first. */
const momentsMax = { own: 20, even: 40 };
const momentsMin = 12;
/** Standings looked at for one reply, by board: about half a second's work, done in slices. */
const looksMax = 60_000_000;
/** For a dense rank the values of all who are ahead are told apart, which takes longer by so much. */
const denseLooks = 20;

/** A player's score and rank over time. Throws `player-not-found`, `history-too-long`. */
export function readHistory({ tapes }: { tapes: Tapes }, now: BoardNow, player: string): Promise<ReadHistory> {
  return tapes.use(now, function* ({ tape }) {
    const number = tape.numberOf(player);
    if (number === undefined) throw unknownPlayer(now.board, player);
    const [series = { places: [], scores: [] }] = yield* scoreSeries(tape, [player]);
    const places = placesFor(tape, series, now.board.rankStyle);
    const ranks = places && (yield* ranksAt(tape, number, places, now.board.rankStyle));
    return { player, points: pointsOf(tape, series, historyPointsMax), ranks, complete: tape.start === 0 };
  });
}

/** In order; null where so many would have to be looked at that too few moments could be had. */
function placesFor(tape: Tape, { places }: ScoreSeries, style: RankStyle): number[] | null {
  const looks = tape.players.length * (style === "dense" ? denseLooks : 1);
  const share = Math.min(1, looksMax / looks / (momentsMax.own + momentsMax.even));
  const own = Math.floor(momentsMax.own * share);
  const even = Math.floor(momentsMax.even * share);
  if (own + even < momentsMin) return null;
  const first = places[0] ?? tape.end;
  const changes = spread(0, places.length - 1, own).map((i) => places[i] ?? first);
  return [...new Set([...changes, ...spread(first, tape.end, even)])].sort((a, b) => a - b);
}

function* ranksAt(tape: Tape, player: number, places: readonly number[], style: RankStyle): Generator<void, Point[]> {
  const standings = tape.standings();
  const ranks: Point[] = [];
  for (const place of places) {
    yield* tape.play(standings, place);
    ranks.push([tape.timeAt(place), yield* standings.rankOf(player, style)]);
  }
  return ranks;
}
