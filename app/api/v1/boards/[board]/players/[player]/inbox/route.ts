import { withDeadline } from "@/db/client";
import { readItems } from "@/db/queries/inbox";
import { requirePlayer } from "@/lib/auth/require-player";
import { openToPages, preflight } from "@/lib/http/cors";
import { handle, json } from "@/lib/http/handle";
import { inboxPath, inboxQuery } from "@/lib/http/inbox";
import { checkParameters, readQuery } from "@/lib/http/parse";

export const GET = handle<{ board: string; player: string }>(async ({ request, params, services }) => {
  await requirePlayer(services, request, params.player, params.board);
  const { player } = checkParameters(params, inboxPath);
  const query = readQuery(new URL(request.url).searchParams, inboxQuery);
  const { board } = await services.liveBoards.get(params.board);
  const inbox = await withDeadline(readItems(services.database.sql, board, player, query));
  services.metrics.inboxItems.inc({ status: "read" }, inbox.items.length);
  return json(inbox);
}, openToPages);

export const OPTIONS = preflight("GET, HEAD");
