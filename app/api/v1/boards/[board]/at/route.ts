import { openToPages, preflight } from "@/lib/http/cors";
import { handle } from "@/lib/http/handle";
import { momentQuery } from "@/lib/http/history";
import { pastBoardBody } from "@/lib/http/history-bodies";
import { readQuery } from "@/lib/http/parse";
import { cacheControl, tagged } from "@/lib/http/tagged";

export const GET = handle<{ board: string }>(async ({ request, params, services, admit }) => {
  const { time, seq, limit } = readQuery(new URL(request.url).searchParams, momentQuery);
  const moment = { seq, time: time === undefined ? undefined : Date.parse(time) };
  const { body, settled } = await pastBoardBody(services, params.board, moment, limit, admit);
  return tagged(request, body, settled ? cacheControl.settled : cacheControl.live);
}, openToPages);

export const OPTIONS = preflight("GET, HEAD");
