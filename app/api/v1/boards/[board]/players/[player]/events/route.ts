import { encodeEvents } from "@/lib/domain/history-wire";
import { readEvents } from "@/lib/history/read-events";
import { openToPages, preflight } from "@/lib/http/cors";
import { handle } from "@/lib/http/handle";
import { eventsQuery, historyPath } from "@/lib/http/history";
import { inHistoryTurn } from "@/lib/http/history-bodies";
import { liveBoardOf } from "@/lib/http/live-board-of";
import { checkParameters, readQuery } from "@/lib/http/parse";
import { cacheControl, tagged } from "@/lib/http/tagged";
import { hashedBody } from "@/lib/live/encoded-body";

export const GET = handle<{ board: string; player: string }>(async ({ request, params, services, admit }) => {
  const { player } = checkParameters(params, historyPath);
  const { before, limit } = readQuery(new URL(request.url).searchParams, eventsQuery);
  const live = await liveBoardOf(services, params.board, admit);
  const page = await inHistoryTurn(services, live, admit)(() => readEvents(services, live, player, { before, limit }));
  const body = hashedBody(encodeEvents(page, live.board.decimals));
  return tagged(request, body, page.settled ? cacheControl.settled : cacheControl.live);
}, openToPages);

export const OPTIONS = preflight("GET, HEAD");
