/** `GET /api/v1/boards/{board}`, the cached endpoint every poll uses; the same for the raw path and the route. */
import { z } from "zod";
import { streamWindow } from "@/lib/domain/snapshot";
import type { Encoding } from "@/lib/live/encoded-body";
import type { View, Window } from "@/lib/live/view";
import type { Admit } from "@/lib/read-gate/read-gate";
import type { Services } from "@/lib/services";
import { openToPages } from "./cors";
import { preferredEncoding } from "./encoding";
import { matches } from "./etag";
import { fixedHeaders } from "./fixed-headers";
import { readQuery, whole } from "./parse";

export const pollIntervalS = 5;
const offsetMax = 100_000_000;

export const windowQuery = z.object({
  limit: whole(1, 1_000, 100),
  offset: whole(0, offsetMax, 0),
});

export interface Reply {
  status: 200 | 304;
  /** Names and values in turn, as Node writes them fastest. */
  headers: readonly string[];
  body: Buffer | null;
}

export interface Conditions {
  ifNoneMatch: string | null | undefined;
  acceptEncoding: string | null | undefined;
}

/** What was made once for all who get the same. */
interface Prepared {
  unchanged: Reply;
  whole: Map<Encoding, Reply>;
}

const preparedFor = new WeakMap<View, Prepared>();

export async function boardReply(
  services: Services,
  boardId: string,
  search: URLSearchParams,
  conditions: Conditions,
  admit: Admit,
): Promise<Reply> {
  const window = readQuery(search, windowQuery);
  const held = services.views.held(boardId, window, performance.now());
  const read = () => services.views.read(boardId, window);
  const isFree = isFirstPage(window) && services.liveBoards.knows(boardId);
  const view = held ?? (isFree ? await read() : await admit("window", read));
  return pollReply(services, view, conditions, performance.now()) ?? (await firstReply(services, view, conditions));
}

/** What everybody polls: however many do, it is read at most once for each change, so that nobody has to pay for it. */
function isFirstPage({ offset, limit }: Window): boolean {
  return offset === 0 && limit === streamWindow;
}

/** The same at once, from what is held and known to be current; null when something has to be read or made first. */
export function heldReply(services: Services, boardId: string, window: Window, conditions: Conditions): Reply | null {
  const now = performance.now();
  const view = services.views.held(boardId, window, now);
  return view ? pollReply(services, view, conditions, now) : null;
}

async function firstReply(services: Services, view: View, conditions: Conditions): Promise<Reply> {
  const encoding = preferredEncoding(conditions.acceptEncoding ?? "");
  const encoded = await view.encoded(encoding);
  const headers = [
    ...commonHeaders(services, view),
    ...["content-type", "application/json", "content-length", String(encoded.body.length)],
    ...(encoded.encoding === "identity" ? [] : ["content-encoding", encoded.encoding]),
  ];
  const reply: Reply = { status: 200, headers, body: encoded.body };
  prepared(services, view).whole.set(encoding, reply);
  return note(services, view, conditions, reply, performance.now());
}

function pollReply(services: Services, view: View, conditions: Conditions, now: number): Reply | null {
  const { unchanged, whole } = prepared(services, view);
  const { ifNoneMatch, acceptEncoding } = conditions;
  const reply =
    ifNoneMatch && matches(ifNoneMatch, view.etag) ? unchanged : whole.get(preferredEncoding(acceptEncoding ?? ""));
  return reply ? note(services, view, conditions, reply, now) : null;
}

/** A poll is a viewer who is there; with a tag it tells what the viewer has. */
function note(services: Services, view: View, { ifNoneMatch }: Conditions, reply: Reply, now: number): Reply {
  const { board } = view.page;
  services.activity.polled(board.id, now);
  if (ifNoneMatch === view.etag) services.acknowledgements.upToDate(board.id, now);
  else if (ifNoneMatch) services.acknowledgements.heard(board, ifNoneMatch, now);
  services.metrics.polls[reply.status]++;
  if (view.page.stale) services.staleAnswers.given(board.id);
  return reply;
}

function prepared(services: Services, view: View): Prepared {
  const present = preparedFor.get(view);
  if (present) return present;
  const unchanged: Reply = { status: 304, headers: commonHeaders(services, view), body: null };
  const fresh: Prepared = { unchanged, whole: new Map() };
  preparedFor.set(view, fresh);
  return fresh;
}

function commonHeaders({ env }: Services, view: View): string[] {
  return [
    ...["etag", view.etag],
    ...["cache-control", "public, max-age=0, s-maxage=1, stale-while-revalidate=1"],
    ...["vary", "Accept-Encoding"],
    ...["poll-interval", String(pollIntervalS)],
    ...Object.entries(openToPages).flat(),
    ...fixedHeaders(env.publicUrl).flat(),
  ];
}

/** The headers of a reply as the Fetch API takes them. */
export function pairs(headers: readonly string[]): [string, string][] {
  return Array.from({ length: headers.length / 2 }, (_, i) => [headers[2 * i] ?? "", headers[2 * i + 1] ?? ""]);
}
