import { encodeHistory } from "@/lib/domain/history-wire";
import { positionId } from "@/lib/domain/snapshot";
import { readHistory } from "@/lib/history/read-history";
import { openToPages, preflight } from "@/lib/http/cors";
import { handle } from "@/lib/http/handle";
import { historyPath } from "@/lib/http/history";
import { checkParameters } from "@/lib/http/parse";
import { cacheControl, tagged } from "@/lib/http/tagged";

export const GET = handle<{ board: string; player: string }>(async ({ request, params, services }) => {
  const { player } = checkParameters(params, historyPath);
  const live = await services.liveBoards.get(params.board);
  const { uid, revision, decimals } = live.board;
  const body = await services.keptBodies.get(`history ${uid} ${revision} ${player}`, positionId(live), async () => {
    return encodeHistory(await readHistory(services, live, player), decimals);
  });
  return tagged(request, body, cacheControl.live);
}, openToPages);

export const OPTIONS = preflight("GET, HEAD");
