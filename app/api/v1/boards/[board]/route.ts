import { requireManager } from "@/lib/auth/organizer";
import { boardSettings, updateBoardInput } from "@/lib/domain/board";
import { boardReply, pairs } from "@/lib/http/board-reply";
import { openToPages, preflight } from "@/lib/http/cors";
import { handle, json } from "@/lib/http/handle";
import { readBody } from "@/lib/http/parse";
import { deleteBoard } from "@/lib/leaderboard/delete-board";
import { updateBoard } from "@/lib/leaderboard/update-board";

interface Params {
  board: string;
}

export const GET = handle<Params>(async ({ request, params, services, admit }) => {
  const { searchParams } = new URL(request.url);
  const conditions = {
    ifNoneMatch: request.headers.get("if-none-match"),
    // Next takes `Content-Encoding` off replies and compresses them itself; the hot path sends what was compressed once.
    acceptEncoding: null,
  };
  const { status, headers, body } = await boardReply(services, params.board, searchParams, conditions, admit);
  return new Response(body as BodyInit | null, { status, headers: pairs(headers) });
}, openToPages);

export const OPTIONS = preflight("GET, HEAD");

export const PATCH = handle<Params>(async ({ request, params, services }) => {
  await requireManager(services, request, params.board);
  return json(
    boardSettings(await updateBoard(services, params.board, await readBody(services, request, updateBoardInput))),
  );
});

export const DELETE = handle<Params>(async ({ request, params, services }) => {
  await requireManager(services, request, params.board);
  await deleteBoard(services, params.board);
  return new Response(null, { status: 204 });
});
