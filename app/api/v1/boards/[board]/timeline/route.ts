import { handle } from "@/lib/http/handle";
import { timelineBody } from "@/lib/http/history-bodies";
import { cacheControl, tagged } from "@/lib/http/tagged";

export const GET = handle<{ board: string }>(async ({ request, params, services }) => {
  return tagged(request, await timelineBody(services, params.board), cacheControl.live);
});
