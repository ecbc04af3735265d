import { requireManager } from "@/lib/auth/organizer";
import { boardSettings } from "@/lib/domain/board";
import { handle, json } from "@/lib/http/handle";
import { presentBoard } from "@/lib/leaderboard/present-board";

/** All of a board's settings, also those that the public does not see. */
export const GET = handle<{ board: string }>(async ({ request, params, services }) => {
  await requireManager(services, request, params.board);
  return json(boardSettings(await presentBoard(services, params.board)));
});
