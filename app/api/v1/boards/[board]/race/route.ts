import { encodeRace } from "@/lib/domain/history-wire";
import { positionId } from "@/lib/domain/snapshot";
import { readRace } from "@/lib/history/read-race";
import { handle } from "@/lib/http/handle";
import { raceQuery } from "@/lib/http/history";
import { readQuery } from "@/lib/http/parse";
import { cacheControl, tagged } from "@/lib/http/tagged";

export const GET = handle<{ board: string }>(async ({ request, params, services }) => {
  const { top } = readQuery(new URL(request.url).searchParams, raceQuery);
  const live = await services.liveBoards.get(params.board);
  const { uid, revision } = live.board;
  const body = await services.keptBodies.get(`race ${uid} ${revision} ${top}`, positionId(live), async () => {
    const race = await readRace(services, live.board, top);
    return encodeRace(race, race.board.decimals);
  });
  return tagged(request, body, cacheControl.live);
});
