import { requireManagedBoard, requireManager } from "@/lib/auth/organizer";
import { boardSettings, createBoardInput } from "@/lib/domain/board";
import { handle, json } from "@/lib/http/handle";
import { readBody } from "@/lib/http/parse";
import { createBoard } from "@/lib/leaderboard/create-board";

export const GET = handle(async ({ services }) => json({ boards: await services.boards.list() }));

export const POST = handle(async ({ request, services }) => {
  const manager = await requireManager(services, request, null);
  const input = await readBody(request, createBoardInput);
  requireManagedBoard(manager, input.id);
  const board = boardSettings(await createBoard(services, input));
  return json(board, { status: 201, headers: { location: `/api/v1/boards/${board.id}` } });
});
