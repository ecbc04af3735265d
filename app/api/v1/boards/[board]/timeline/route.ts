import { encodeTimeline } from "@/lib/domain/history-wire";
import { positionId } from "@/lib/domain/snapshot";
import { readTimeline } from "@/lib/history/read-timeline";
import { handle } from "@/lib/http/handle";
import { cacheControl, tagged } from "@/lib/http/tagged";

export const GET = handle<{ board: string }>(async ({ request, params, services }) => {
  const live = await services.liveBoards.get(params.board);
  const body = await services.keptBodies.get(`timeline ${live.board.uid}`, positionId(live), async () => {
    return encodeTimeline(await readTimeline(services, live));
  });
  return tagged(request, body, cacheControl.live);
});
