import { marksMax, type Point } from "@/lib/domain/history";
import { spread } from "@/lib/domain/thin";
import type { BoardNow, Tapes } from "./tapes";

export interface ReadTimeline {
  from: number | null;
  to: number | null;
  events: number;
  seq: number;
  marks: Point[];
  complete: boolean;
}

/** From when to when a board has a past, and moments with as many events between each two. Throws `history-too-long`. */
export function readTimeline({ tapes }: { tapes: Tapes }, now: BoardNow): Promise<ReadTimeline> {
  return tapes.look(now, (tape) => {
    const { start, end } = tape;
    const marks = spread(start + 1, end, marksMax).map((place): Point => [tape.timeAt(place), tape.seqAt(place)]);
    const [from = null, to = null] = end === 0 ? [] : [tape.timeAt(start + 1), tape.timeAt(end)];
    return { from, to, events: end, seq: tape.seqAt(end), marks, complete: start === 0 };
  });
}
