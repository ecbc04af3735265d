import { withDeadline } from "@/db/client";
import { countRecentEvents } from "@/db/queries/standings";
import { requireOrganizer } from "@/lib/auth/organizer";
import { handle, json } from "@/lib/http/handle";

/** What goes on at a board now, for the organizer who decides how it is delivered. */
export const GET = handle<{ board: string }>(async ({ request, params, services }) => {
  await requireOrganizer(services, request);
  const { board } = await services.liveBoards.get(params.board);
  const view = await services.views.read(board.id, { offset: 0, limit: 1 });
  return json({
    viewers: await services.viewersNow.of(board.id),
    updatesPerMinute: await withDeadline(countRecentEvents(services.database.sql, board.uid)),
    total: view.page.total,
  });
});
