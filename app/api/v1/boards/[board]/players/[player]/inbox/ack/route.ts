import { withDeadline } from "@/db/client";
import { acknowledgeItems } from "@/db/queries/inbox";
import { requirePlayer } from "@/lib/auth/require-player";
import { acknowledgeInput } from "@/lib/domain/inbox-input";
import { openToPages, preflight } from "@/lib/http/cors";
import { handle, json } from "@/lib/http/handle";
import { inboxPath } from "@/lib/http/inbox";
import { checkParameters, readUntrustedBody } from "@/lib/http/parse";

export const POST = handle<{ board: string; player: string }>(async ({ request, params, services }) => {
  await requirePlayer(services, request, params.player, params.board);
  const { player } = checkParameters(params, inboxPath);
  const { ids } = await readUntrustedBody(services, request, acknowledgeInput);
  const { board } = await services.liveBoards.get(params.board);
  const { database, metrics } = services;
  const { unacknowledged, waits } = await withDeadline(acknowledgeItems(database.sql, board.uid, player, ids));
  metrics.inboxItems.inc({ status: "acknowledged" }, waits.length);
  for (const wait of waits) metrics.inboxWaits.observe(wait);
  return json({ unacknowledged });
}, openToPages);

export const OPTIONS = preflight("POST");
