import { encodePastBoard } from "@/lib/domain/history-wire";
import { findMoment, readPastBoard } from "@/lib/history/read-past-board";
import { handle } from "@/lib/http/handle";
import { momentQuery } from "@/lib/http/history";
import { readQuery } from "@/lib/http/parse";
import { cacheControl, tagged } from "@/lib/http/tagged";

export const GET = handle<{ board: string }>(async ({ request, params, services }) => {
  const { time, seq: wanted, limit } = readQuery(new URL(request.url).searchParams, momentQuery);
  const live = await services.liveBoards.get(params.board);
  const { board } = live;
  const moment = { seq: wanted, time: time === undefined ? undefined : Date.parse(time) };
  const { seq, settled } = await findMoment(services, live, moment);
  const body = await services.keptBodies.get(`at ${board.uid} ${board.revision} ${seq} ${limit}`, "", async () => {
    return encodePastBoard({ board, ...(await readPastBoard(services, live, seq, limit)) });
  });
  return tagged(request, body, settled ? cacheControl.settled : cacheControl.live);
});
