import { z } from "zod";
import { playerId } from "@/lib/domain/text";
import { encodePlayer } from "@/lib/domain/wire";
import { handle, json } from "@/lib/http/handle";
import { check, readQuery, whole } from "@/lib/http/parse";
import { aroundMax, readPlayer } from "@/lib/leaderboard/read-player";

const query = z.object({ around: whole(0, aroundMax).default(5) });

export const GET = handle<{ board: string; player: string }>(async ({ request, params, services }) => {
  const { around } = readQuery(new URL(request.url).searchParams, query);
  const { board } = await services.liveBoards.get(params.board);
  const found = await readPlayer(services, board, check(playerId, params.player), around);
  return json(encodePlayer(found, board.decimals), { headers: { "cache-control": "no-cache" } });
});
