/** Replies with an entity tag, for caches on the way and for those who ask again. */
import type { EncodedBody } from "@/lib/live/encoded-body";
import { preferredEncoding } from "./encoding";
import { matches } from "./etag";

export const cacheControl = {
  /** Never used again without asking. */
  asked: "no-cache",
  /** The list of boards, as old as that on the server already. */
  list: "public, max-age=0, s-maxage=1, stale-while-revalidate=2",
  /** May change with the next score. */
  live: "public, max-age=0, s-maxage=5, stale-while-revalidate=5",
  /** No score to come changes it; a player's new name or another rank style may. */
  settled: "public, max-age=3600",
};

const bodies = new WeakMap<Response, EncodedBody>();

export function tagged(request: Request, body: EncodedBody, cacheControl: string): Response {
  const headers = { etag: body.etag, "cache-control": cacheControl, vary: "Accept-Encoding" };
  const ifNoneMatch = request.headers.get("if-none-match");
  if (ifNoneMatch && matches(ifNoneMatch, body.etag)) return new Response(null, { status: 304, headers });
  const response = new Response(body.text, { headers: { ...headers, "content-type": "application/json" } });
  bodies.set(response, body);
  return response;
}

/** For where Next does not compress replies: the same in what the client likes best, compressed once for all. */
export async function inPreferredEncoding(request: Request, response: Response): Promise<Response> {
  const body = bodies.get(response);
  if (!body) return response;
  const { encoding, body: bytes } = await body.encoded(preferredEncoding(request.headers.get("accept-encoding") ?? ""));
  if (encoding === "identity") return response;
  const headers = new Headers(response.headers);
  headers.set("content-encoding", encoding);
  return new Response(bytes as BodyInit, { headers });
}
