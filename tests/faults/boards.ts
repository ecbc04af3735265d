/** The boards of a run: every operator, shared and unique ranks, both orders, streamed and polled. */
import type { Board } from "@/lib/domain/board";
import type { Random } from "@/tests/support/seeded-random";
import type { PostedItem } from "./history";

export type RunBoard = Pick<Board, "id" | "operator" | "order" | "rankStyle" | "delivery"> & { tiebreaks: number };

export const runBoards: readonly RunBoard[] = [
  { id: "sum", operator: "incr", order: "desc", rankStyle: "competition", delivery: "sse", tiebreaks: 0 },
  { id: "best", operator: "best", order: "asc", rankStyle: "dense", delivery: "sse", tiebreaks: 1 },
  { id: "last", operator: "set", order: "desc", rankStyle: "ordinal", delivery: "polling", tiebreaks: 0 },
];

/** More than the stream's window shows, so that players come into it and leave it. */
const playersMax = 115;
/** Half of the scores go to these, so that changes of one player meet each other on their ways. */
const playersHot = 8;
const numbersMax = 1_000_000;
const withoutTiebreaks = 0.2;

/** Never gives the same score twice in a run. */
export function itemMaker(): (board: RunBoard, random: Random) => PostedItem {
  let number = 0;
  return (board, random) => {
    const player = `p${random.whole(1, random.chance(0.5) ? playersHot : playersMax)}`;
    const score = random.whole(1, 200) * numbersMax + ++number;
    const tiebreaks = Array.from({ length: board.tiebreaks }, () => random.whole(0, 3));
    return random.chance(withoutTiebreaks) ? { player, score } : { player, score, tiebreaks };
  };
}

export function settingsOf(board: RunBoard) {
  return { ...board, name: `Board ${board.id}`, decimals: 0, tiebreaks: tiebreaksOf(board) };
}

export function tiebreaksOf({ tiebreaks }: Pick<RunBoard, "tiebreaks">): Board["tiebreaks"] {
  return Array.from({ length: tiebreaks }, (_, i) => ({ name: `t${i + 1}`, order: "asc" }));
}
