import { encodeSearch } from "@/lib/domain/wire";
import { openToPages, preflight } from "@/lib/http/cors";
import { handle, json } from "@/lib/http/handle";
import { readQuery } from "@/lib/http/parse";
import { searchQuery } from "@/lib/http/search";
import { searchPlayers } from "@/lib/leaderboard/search-players";

export const GET = handle<{ board: string }>(async ({ request, params, services }) => {
  const { q, limit } = readQuery(new URL(request.url).searchParams, searchQuery);
  const { board } = await services.liveBoards.get(params.board);
  const found = await searchPlayers(services, board, q, limit);
  return json(encodeSearch(found, board.decimals), { headers: { "cache-control": "public, max-age=2, s-maxage=5" } });
}, openToPages);

export const OPTIONS = preflight("GET, HEAD");
