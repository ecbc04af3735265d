import { requireKey } from "@/lib/auth/require-key";
import { handle, json } from "@/lib/http/handle";
import { readExactBody } from "@/lib/http/parse";
import { readIdempotency, readItems } from "@/lib/http/scores";
import { presentBoard } from "@/lib/leaderboard/present-board";
import { submitScores } from "@/lib/leaderboard/submit-scores";

export const POST = handle<{ board: string }>(async ({ request, params, services }) => {
  const key = await requireKey(services, request, "scores:write", params.board);
  const { text, value } = await readExactBody(request);
  const { reply, replayed } = await submitScores(services, {
    ...readItems(value),
    board: async (fresh) =>
      fresh ? presentBoard(services, params.board) : (await services.liveBoards.get(params.board)).board,
    idempotency: readIdempotency(request, key.id, text),
  });
  return json(reply, replayed ? { headers: { "idempotent-replayed": "true" } } : {});
});
