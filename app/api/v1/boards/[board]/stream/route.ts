import { openToPages, preflight } from "@/lib/http/cors";
import { handle } from "@/lib/http/handle";
import { readWatch, refusedStream, streamResponse } from "@/lib/http/stream";

export const GET = handle<{ board: string }>(
  async ({ request, params, services, admit }) => {
    const { searchParams } = new URL(request.url);
    const watch = await readWatch(services, params.board, searchParams, request.headers.get("last-event-id"), admit);
    if (!watch) return refusedStream(request, "unavailable");
    return streamResponse(services, params.board, watch, request);
  },
  openToPages,
  (request) => refusedStream(request, "starting"),
);

export const OPTIONS = preflight("GET, HEAD");
