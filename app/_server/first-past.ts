import { setTimeout } from "node:timers/promises";
import { pageSize } from "@/app/_components/board/paging";
import { type Marks, type Moment, momentAt } from "@/app/_components/race/marks";
import type { LookedBack } from "@/app/_hooks/look-back";
import type { FirstLook } from "@/app/_hooks/race-view";
import type { FirstMoment } from "@/app/_hooks/use-time-travel";
import { isRungsError } from "@/lib/domain/errors";
import type { PastBoard, Race, Timeline } from "@/lib/domain/history";
import { momentQuery } from "@/lib/http/history";
import { pastBoardBody, raceBody, timelineBody } from "@/lib/http/history-bodies";
import type { EncodedBody } from "@/lib/live/encoded-body";
import { type Admit, admitted } from "@/lib/read-gate/read-gate";
import { getServices } from "@/lib/services";

export interface FirstPast extends FirstLook, FirstMoment {
  /** The address asks for a moment that is none. */
  misread: boolean;
}

type Asked = string | string[] | undefined;

/** The page does not wait longer for a past that is still being read: the browser asks for it then. */
const patienceMs = 800;
const racers = 10;

/** What a race's page begins with; `at` and `seq` are those of its address. */
export async function firstPast(
  boardId: string,
  { at, seq }: { at?: Asked; seq?: Asked },
  admit: Admit = admitted(null),
): Promise<FirstPast> {
  const services = await getServices();
  const asked = momentQuery.safeParse({ time: at, seq });
  const [race, timeline] = await Promise.all([
    inTime<Race>(raceBody(services, boardId, racers, admit)),
    inTime<Timeline>(timelineBody(services, boardId, admit)),
  ]);
  const marks = timeline.kind === "found" ? timeline.data.marks : [];
  const moment = asked.success && timeline.kind !== "too-long" ? momentAsked(asked.data, marks) : null;
  const reading = moment && pastBoardBody(services, boardId, moment, pageSize, admit).then(({ body }) => body);
  const board = reading && (await inTime<PastBoard>(reading));
  return { race, timeline, moment, board: board?.kind === "found" ? board.data : null, misread: !asked.success };
}

/** Null for none, and for what has not been yet. */
function momentAsked({ time, seq }: { time?: string | undefined; seq?: number | undefined }, marks: Marks): Moment {
  const last = marks.at(-1);
  if (time !== undefined) return last ? momentAt(marks, Date.parse(time)) : { time: Date.parse(time) };
  return seq === undefined || (last && seq > last[1]) ? null : { seq };
}

/** Failures are the browser's to repeat, by the API, which logs them. */
async function inTime<T>(body: Promise<EncodedBody>): Promise<LookedBack<T>> {
  const look = body.then(
    ({ text }): LookedBack<T> => ({ kind: "found", data: JSON.parse(text) }),
    (error): LookedBack<T> => (isTooLong(error) ? { kind: "too-long" } : { kind: "waiting", retryAfterMs: null }),
  );
  return Promise.race([look, setTimeout(patienceMs, { kind: "waiting", retryAfterMs: null } as const, { ref: false })]);
}

function isTooLong(error: unknown): boolean {
  return isRungsError(error) && error.code === "history-too-long";
}
