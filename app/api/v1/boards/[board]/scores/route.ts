import { handle, json } from "@/lib/http/handle";
import { postOfRequest, postScores } from "@/lib/http/post-scores";

export const POST = handle<{ board: string }>(async ({ request, params, services }) => {
  const { reply, replayed } = await postScores(services, params.board, postOfRequest(request));
  return json(reply, replayed ? { headers: { "idempotent-replayed": "true" } } : {});
});
