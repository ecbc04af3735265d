import { encodeHistory } from "@/lib/domain/history-wire";
import { positionId } from "@/lib/domain/snapshot";
import { readHistory } from "@/lib/history/read-history";
import { openToPages, preflight } from "@/lib/http/cors";
import { handle } from "@/lib/http/handle";
import { historyPath } from "@/lib/http/history";
import { liveBoardOf } from "@/lib/http/live-board-of";
import { checkParameters } from "@/lib/http/parse";
import { cacheControl, tagged } from "@/lib/http/tagged";

export const GET = handle<{ board: string; player: string }>(async ({ request, params, services, admit }) => {
  const { player } = checkParameters(params, historyPath);
  const live = await liveBoardOf(services, params.board, admit);
  const { uid, revision, decimals } = live.board;
  const make = async () => encodeHistory(await readHistory(services, live, player), decimals);
  const key = `history ${uid} ${revision} ${player}`;
  const body = await services.keptBodies.get(key, positionId(live), make, (work) => admit("history", work));
  return tagged(request, body, cacheControl.live);
}, openToPages);

export const OPTIONS = preflight("GET, HEAD");
