/** `GET /api/v1/boards/{board}`, the cached endpoint every poll uses; the same for the raw path and the route. */
import { z } from "zod";
import type { Encoding, View } from "@/lib/live/view";
import type { Services } from "@/lib/services";
import { readQuery, whole } from "./parse";

const pollIntervalS = 5;
const offsetMax = 100_000_000;

export const windowQuery = z.object({
  limit: whole(1, 1_000, 100),
  offset: whole(0, offsetMax, 0),
});

export interface Reply {
  status: 200 | 304;
  headers: Record<string, string>;
  body: Buffer | null;
}

interface Conditions {
  ifNoneMatch: string | null | undefined;
  acceptEncoding: string | null | undefined;
}

export async function boardReply(
  services: Services,
  boardId: string,
  search: URLSearchParams,
  { ifNoneMatch, acceptEncoding }: Conditions,
): Promise<Reply> {
  const window = readQuery(search, windowQuery);
  const view = await services.views.read(boardId, window);
  const unchanged = ifNoneMatch && matches(ifNoneMatch, view.etag);
  services.activity.polled(boardId);
  if (ifNoneMatch) services.acknowledgements.heard(view.page.board, ifNoneMatch);
  services.metrics.polls.inc({ status: unchanged ? 304 : 200 });
  if (unchanged) return { status: 304, headers: headersOf(view), body: null };
  const { encoding, body } = await view.encoded(preferredEncoding(acceptEncoding ?? ""));
  const headers = { ...headersOf(view), "content-type": "application/json", "content-length": String(body.length) };
  if (encoding === "identity") return { status: 200, headers, body };
  return { status: 200, headers: { ...headers, "content-encoding": encoding }, body };
}

function headersOf(view: View): Record<string, string> {
  return {
    etag: view.etag,
    "cache-control": "public, max-age=0, s-maxage=1, stale-while-revalidate=1",
    vary: "Accept-Encoding",
    "poll-interval": String(pollIntervalS),
  };
}

/** Weak comparison, RFC 9110 section 13.1.2. What is no entity tag matches nothing. */
function matches(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch === etag || ifNoneMatch === "*") return true;
  const tags: string[] = ifNoneMatch.match(/"[^"]*"/g) ?? [];
  return tags.includes(etag.replace(/^W\//, ""));
}

/** Brotli before gzip, where the client takes it at all; its weights are not compared. */
function preferredEncoding(accept: string): Encoding {
  const accepted = accept
    .toLowerCase()
    .split(",")
    .map((coding) => coding.replace(/\s/g, ""))
    .filter((coding) => !/;q=0(?:\.0*)?$/.test(coding))
    .map((coding) => coding.split(";")[0]);
  if (accepted.includes("br")) return "br";
  return accepted.includes("gzip") ? "gzip" : "identity";
}
