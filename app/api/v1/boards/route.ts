import { requireManagedBoard, requireManager } from "@/lib/auth/organizer";
import { boardSettings, createBoardInput } from "@/lib/domain/board";
import { boardListBody, boardsQuery } from "@/lib/http/board-list";
import { openToPages, preflight } from "@/lib/http/cors";
import { handle, json } from "@/lib/http/handle";
import { readBody, readQuery } from "@/lib/http/parse";
import { cacheControl, tagged } from "@/lib/http/tagged";
import { createBoard } from "@/lib/leaderboard/create-board";

export const GET = handle(async ({ request, services, admit }) => {
  const query = readQuery(new URL(request.url).searchParams, boardsQuery);
  return tagged(request, await boardListBody(services, query, admit), cacheControl.list);
}, openToPages);

export const OPTIONS = preflight("GET, HEAD");

export const POST = handle(async ({ request, services }) => {
  const manager = await requireManager(services, request, null);
  const input = await readBody(services, request, createBoardInput);
  requireManagedBoard(manager, input.id);
  const board = boardSettings(await createBoard(services, input));
  return json(board, { status: 201, headers: { location: `/api/v1/boards/${board.id}` } });
});
