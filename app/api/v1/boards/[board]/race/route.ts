import { openToPages, preflight } from "@/lib/http/cors";
import { handle } from "@/lib/http/handle";
import { raceQuery } from "@/lib/http/history";
import { raceBody } from "@/lib/http/history-bodies";
import { readQuery } from "@/lib/http/parse";
import { cacheControl, tagged } from "@/lib/http/tagged";

export const GET = handle<{ board: string }>(async ({ request, params, services, admit }) => {
  const { top } = readQuery(new URL(request.url).searchParams, raceQuery);
  return tagged(request, await raceBody(services, params.board, top, admit), cacheControl.live);
}, openToPages);

export const OPTIONS = preflight("GET, HEAD");
