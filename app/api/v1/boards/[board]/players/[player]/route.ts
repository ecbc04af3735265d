import { z } from "zod";
import { playerId } from "@/lib/domain/text";
import { encodePlayer } from "@/lib/domain/wire";
import { openToPages, preflight } from "@/lib/http/cors";
import { handle } from "@/lib/http/handle";
import { liveBoardOf } from "@/lib/http/live-board-of";
import { checkParameters, readQuery, whole } from "@/lib/http/parse";
import { readStanding } from "@/lib/http/read-standing";
import { cacheControl, tagged } from "@/lib/http/tagged";
import { aroundMax } from "@/lib/leaderboard/read-player";
import { hashedBody } from "@/lib/live/encoded-body";

const path = z.object({ player: playerId });
const query = z.object({ around: whole(0, aroundMax, 5) });

export const GET = handle<{ board: string; player: string }>(async ({ request, params, services, admit }) => {
  const { player } = checkParameters(params, path);
  const { around } = readQuery(new URL(request.url).searchParams, query);
  const live = await liveBoardOf(services, params.board, admit);
  const found = await admit("player", () => readStanding(services, live, player, around));
  return tagged(request, hashedBody(encodePlayer(found, live.board.decimals)), cacheControl.asked);
}, openToPages);

export const OPTIONS = preflight("GET, HEAD");
