import { encodeSearch } from "@/lib/domain/wire";
import { openToPages, preflight } from "@/lib/http/cors";
import { handle, json } from "@/lib/http/handle";
import { liveBoardOf } from "@/lib/http/live-board-of";
import { readQuery } from "@/lib/http/parse";
import { searchQuery } from "@/lib/http/search";
import { searchPlayers } from "@/lib/leaderboard/search-players";

export const GET = handle<{ board: string }>(async ({ request, params, services, admit }) => {
  const { q, limit } = readQuery(new URL(request.url).searchParams, searchQuery);
  const { board } = await liveBoardOf(services, params.board, admit);
  const found = await admit("search", () => searchPlayers(services, board, q, limit));
  return json(encodeSearch(found, board.decimals), { headers: { "cache-control": "public, max-age=2, s-maxage=5" } });
}, openToPages);

export const OPTIONS = preflight("GET, HEAD");
