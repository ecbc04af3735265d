import { openToPages, preflight } from "@/lib/http/cors";
import { handle } from "@/lib/http/handle";
import { timelineBody } from "@/lib/http/history-bodies";
import { cacheControl, tagged } from "@/lib/http/tagged";

export const GET = handle<{ board: string }>(async ({ request, params, services, admit }) => {
  return tagged(request, await timelineBody(services, params.board, admit), cacheControl.live);
}, openToPages);

export const OPTIONS = preflight("GET, HEAD");
