import { openToPages, preflight } from "@/lib/http/cors";
import { handle } from "@/lib/http/handle";
import { historyPath } from "@/lib/http/history";
import { historyBody } from "@/lib/http/history-bodies";
import { checkParameters } from "@/lib/http/parse";
import { cacheControl, tagged } from "@/lib/http/tagged";

export const GET = handle<{ board: string; player: string }>(async ({ request, params, services, admit }) => {
  const { player } = checkParameters(params, historyPath);
  const body = await historyBody(services, params.board, player, admit);
  return tagged(request, body, cacheControl.live);
}, openToPages);

export const OPTIONS = preflight("GET, HEAD");
